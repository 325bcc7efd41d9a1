import type { Embedder, Patience } from '../embedders/embedder.js';
import { EmbedderError } from '../embedders/embedder-error.js';

/** Characters of a memory that are embedded: what a model with 8,192 tokens takes in most languages. */
const longest = 16_000;
/** What even a small model takes; a text that it refuses in this length it refuses for another reason. */
const shortest = 250;

/**
 * A vector for each text; none for a text that the model refuses. A refused batch is tried text by text, and a
 * refused text is cut, since most are refused for their length.
 */
export async function embedTexts(
  embedder: Embedder,
  texts: readonly string[],
  patience: Patience,
): Promise<readonly (Float32Array | undefined)[]> {
  const cut = texts.map((text) => beginning(text, longest));
  try {
    return await embedder.embed(cut, 'document', patience);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const vectors: (Float32Array | undefined)[] = [];
  for (const text of cut) vectors.push(await embedOne(embedder, text, patience));
  return vectors;
}

async function embedOne(
  embedder: Embedder,
  text: string,
  patience: Patience,
): Promise<Float32Array | undefined> {
  try {
    const [vector] = await embedder.embed([text], 'document', patience);
    return vector;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  if (text.length <= shortest) return undefined;
  return embedOne(embedder, beginning(text, text.length >> 1), patience);
}

const isRefusal = (error: unknown): boolean =>
  error instanceof EmbedderError && error.fault === 'refused';

/** Cut where no character is torn apart. */
function beginning(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const cut = text.slice(0, characters);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
