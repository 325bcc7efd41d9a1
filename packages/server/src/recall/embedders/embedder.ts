/** What a text is to a model: many were trained to be told, by a prefix. */
export type EmbeddingKind = 'document' | 'query';

/** How long a caller waits for vectors. */
export interface Patience {
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
  /** Requests for one batch at most, the first among them. */
  readonly attempts: number;
  /** Ends the waiting early; the rejection is the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Turns texts into unit vectors: the inner product of two is their cosine. */
export interface Embedder {
  /** Name of the model. With `dimensions` it names the space that the vectors lie in. */
  readonly model: string;
  readonly dimensions: number;
  /**
   * One vector a text, in their order. Errors: `EmbedderError`.
   *
   * @param texts none of them empty
   */
  embed(
    texts: readonly string[],
    kind: EmbeddingKind,
    patience: Patience,
  ): Promise<readonly Float32Array[]>;
}
