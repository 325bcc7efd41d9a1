import { z } from 'zod';
import { EmbedderError } from './embedder-error.js';

/** What an OpenAI-compatible endpoint answers, as far as it is used. */
const Answer = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()) })),
});

/**
 * The vectors of an answer in the order of the texts, each of length 1.
 * Errors: `EmbedderError`, `misconfigured` for another dimension than expected, else `unavailable`.
 */
export function vectorsOf(
  body: string,
  expected: { readonly count: number; readonly dimensions: number },
): Float32Array[] {
  const answer = Answer.safeParse(parsed(body));
  if (!answer.success) throw nonsense('is not what an embeddings endpoint answers');
  const { data } = answer.data;
  const vectors: (Float32Array | undefined)[] = Array.from({ length: expected.count });
  for (const { index, embedding } of data) vectors[index] = unit(embedding, expected.dimensions);
  if (data.length !== expected.count || vectors.length !== expected.count)
    throw nonsense(`holds ${data.length} vectors for ${expected.count} texts`);
  return vectors.map((vector) => {
    if (vector === undefined) throw nonsense('gives one text two vectors and another none');
    return vector;
  });
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    // The parser's message repeats the body, which may repeat the texts.
    throw nonsense('is no JSON');
  }
}

function unit(embedding: readonly number[], dimensions: number): Float32Array {
  if (embedding.length !== dimensions)
    throw new EmbedderError(
      'misconfigured',
      `The embedder's vectors have ${embedding.length} dimensions, EMBEDDINGS_DIMENSIONS says ${dimensions}.`,
    );
  const length = Math.hypot(...embedding);
  if (!(length > 0 && Number.isFinite(length))) throw nonsense('holds a vector without direction');
  return Float32Array.from(embedding, (value) => value / length);
}

const nonsense = (what: string): EmbedderError =>
  new EmbedderError('unavailable', `The embedder's answer ${what}.`);
