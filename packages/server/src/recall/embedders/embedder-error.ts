/**
 * - `unavailable`: the provider is down, slow, busy or talks nonsense; it may answer later.
 * - `refused`: it does not take these texts; others it may.
 * - `misconfigured`: nothing helps but another setting (key, URL, model, dimension).
 */
export type EmbedderFault = 'unavailable' | 'refused' | 'misconfigured';

/**
 * Why there are no vectors. The message is for the operator's log: it names the provider's host and what it answered,
 * never a key, a text or what the provider wrote, which may repeat either.
 */
export class EmbedderError extends Error {
  override readonly name = 'EmbedderError';
  readonly fault: EmbedderFault;
  /** Milliseconds that the provider asked to be left alone for. */
  readonly retryAfterMs: number | undefined;

  constructor(
    fault: EmbedderFault,
    message: string,
    { retryAfterMs, cause }: { readonly retryAfterMs?: number; readonly cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.fault = fault;
    this.retryAfterMs = retryAfterMs;
  }
}
