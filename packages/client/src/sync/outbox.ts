import { delayAfter, type RetryPolicy, waitFor } from '../retry.js';
import { StellarMemoryError } from '../stellar-memory-error.js';
import type { Transport } from '../transport.js';
import { isFinal } from './is-final.js';
import type { MutationQueue } from './mutation-queue.js';
import type { Mutation, MutationsResponse } from './sync-wire.js';

/** What an outbox works with. */
export interface OutboxOptions {
  readonly queue: MutationQueue;
  /** Tries once. */
  readonly send: Transport;
  readonly retry: RetryPolicy;
  /** Told of each answer before the next mutations are sent. */
  readonly onAnswer: (answer: MutationsResponse, sent: readonly Mutation[]) => Promise<void>;
  /** Told when the server does not take a mutation at all. */
  readonly onRefusal: (mutation: Mutation, error: StellarMemoryError) => Promise<void>;
}

/** The server takes 100 mutations and 256 KB at a time; a character has up to 3 bytes. */
const batchCount = 100;
const batchCharacters = 80_000;

/**
 * Sends what is in the queue, in order, until it is answered. What nobody knows the answer to is sent again: the
 * server applies a mutation once.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #wake: (() => void) | undefined;
  /** One when a batch was refused: one of it is bad, and the others must not suffer. */
  #count = batchCount;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** There is something to send. */
  wake(): void {
    this.#wake?.();
  }

  /** Errors: what no repetition mends; the reason of the signal. */
  async run(signal: AbortSignal): Promise<never> {
    const { queue, retry } = this.#options;
    for (let failures = 0; ; ) {
      const batch = queue.unanswered(this.#count, batchCharacters);
      if (batch.length === 0) {
        await this.#sleep(signal);
        continue;
      }
      const error = await this.#attempt(batch, signal);
      failures = error === undefined ? 0 : failures + 1;
      if (error !== undefined)
        await waitFor(delayAfter(Math.min(failures, 30), error, retry), signal);
    }
  }

  /** Sends a batch. Answers the failure after which to wait. */
  async #attempt(
    batch: readonly Mutation[],
    signal: AbortSignal,
  ): Promise<StellarMemoryError | undefined> {
    const { send, onAnswer, onRefusal } = this.#options;
    try {
      const operation = {
        method: 'POST',
        path: '/api/v1/mutations',
        body: { mutations: batch },
      } as const;
      const { value } = await send<MutationsResponse>(operation, { signal });
      this.#count = Math.min(batchCount, this.#count * 2);
      await onAnswer(value, batch);
      return undefined;
    } catch (error) {
      if (!(error instanceof StellarMemoryError)) throw error;
      if (!isRefusal(error)) {
        // A server of before does not know the operation: what is queued waits for the next one.
        if (isFinal(error) && error.status !== 404) throw error;
        return error;
      }
      if (batch.length === 1) await onRefusal(batch[0]!, error);
      this.#count = 1;
      return undefined;
    }
  }

  #sleep(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      this.#wake = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
    });
  }
}

/** What says something about the mutations sent, not about who sends them or when. */
const isRefusal = ({ code, status = 0 }: StellarMemoryError): boolean =>
  code !== 'unexpected_response' &&
  ([400, 413, 422].includes(status) ||
    code === 'insufficient_scope' ||
    code === 'agent_not_allowed');
