import { EmbedderError } from './embedder-error.js';

/** The text of an answer that may not be longer. Errors: `EmbedderError` when it is. */
export async function readBody(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (bytes > maxBytes)
      throw new EmbedderError(
        'unavailable',
        `The embedder's answer is longer than ${maxBytes} bytes.`,
      );
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
