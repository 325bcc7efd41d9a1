import type { UserId } from '../../domain/ids.js';
import type { Embedder } from '../embedders/embedder.js';

/** The vectors of a query, one for each space it could be had in; none when the embedder failed. */
export type QueryMeaning = readonly QueryVector[];

/** A query's place in one space. */
export interface QueryVector {
  readonly space: number;
  readonly vector: Float32Array;
}

/** A space and what makes its vectors. */
export interface EmbeddedSpace {
  readonly space: number;
  readonly embedder: Embedder;
}

/** What embedding queries needs. */
export interface QueryEmbedderOptions {
  /** Spaces that are searched at the moment, the preferred first. */
  readonly spaces: () => readonly EmbeddedSpace[];
  /** Told of failures. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds that a recall waits. Default 1,500. */
  readonly timeoutMs?: number;
  /** Milliseconds that a failed embedder is not asked again. Default 5,000. */
  readonly pauseMs?: number;
}

/** Queries that are remembered: agents repeat themselves, and a vector of 384 numbers takes 1.5 KB. */
const rememberedQueries = 2_000;

/**
 * Embeds queries before their transaction begins. A recall never fails for it: without a vector it goes by words
 * alone, and an embedder that failed is left alone for a while, so that not every recall waits for it.
 */
export class QueryEmbedder {
  readonly #options: QueryEmbedderOptions;
  readonly #known = new Map<string, Float32Array>();
  readonly #pausedUntilMs = new Map<number, number>();

  constructor(options: QueryEmbedderOptions) {
    this.#options = options;
  }

  /** The meaning of each text, in their order. */
  async embed(userId: UserId, texts: readonly string[]): Promise<QueryMeaning[]> {
    const bySpace = await Promise.all(
      this.#options.spaces().map((space) => this.#inSpace(space, userId, texts)),
    );
    return texts.map((_, at) => bySpace.flatMap((vectors) => vectors[at] ?? []));
  }

  async #inSpace(
    { space, embedder }: EmbeddedSpace,
    userId: UserId,
    texts: readonly string[],
  ): Promise<readonly (QueryVector | undefined)[]> {
    // A tenant's own: how fast an answer comes must not tell what others ask.
    const keyOf = (text: string): string => `${userId} ${space} ${text}`;
    const unknown = [...new Set(texts)].filter((text) => !this.#known.has(keyOf(text)));
    const made = await this.#ask(space, embedder, unknown);
    for (const [at, vector] of made.entries()) this.#remember(keyOf(unknown[at]!), vector);
    return texts.map((text) => {
      const vector = made[unknown.indexOf(text)] ?? this.#known.get(keyOf(text));
      return vector && { space, vector };
    });
  }

  async #ask(
    space: number,
    embedder: Embedder,
    texts: readonly string[],
  ): Promise<readonly Float32Array[]> {
    const { timeoutMs = 1_500, pauseMs = 5_000, onError } = this.#options;
    if (texts.length === 0 || Date.now() < (this.#pausedUntilMs.get(space) ?? 0)) return [];
    try {
      return await embedder.embed(texts, 'query', { timeoutMs, attempts: 1 });
    } catch (error) {
      this.#pausedUntilMs.set(space, Date.now() + pauseMs);
      onError(error);
      return [];
    }
  }

  #remember(key: string, vector: Float32Array): void {
    this.#known.set(key, vector);
    if (this.#known.size > rememberedQueries) this.#known.delete(this.#known.keys().next().value!);
  }
}
