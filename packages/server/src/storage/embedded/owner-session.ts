import { DatabaseError } from '../database-error.js';
import type { OwnerConnection } from '../migrate/owner-connection.js';
import type { SqlValue } from '../sql.js';
import type { FairQueue } from './fair-queue.js';
import type { Session } from './session.js';

/** A migration may wait for this long behind requests. */
const ownerWaitMs = 60_000;

/**
 * The owner on the engine's only session. It holds the engine for a statement, or from `begin` to `commit`;
 * requests run in between. What a request needs (role, tenant) it sets itself, so nothing of the owner shows.
 */
export class OwnerSession implements OwnerConnection {
  readonly engine = 'embedded';
  readonly #queue: FairQueue;
  readonly #current: () => Promise<Session>;
  readonly #onClose: () => void;
  #session: Session | undefined;
  #turn: (() => void) | undefined;
  #closed = false;

  constructor(queue: FairQueue, current: () => Promise<Session>, onClose: () => void) {
    this.#queue = queue;
    this.#current = current;
    this.#onClose = onClose;
  }

  async exec(text: string): Promise<void> {
    await this.#inTurn((session) => session.simple(text));
  }

  query<Row>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#inTurn((session) => session.query<Row>({ text, values }));
  }

  async close(): Promise<void> {
    try {
      if (this.#session !== undefined && !this.#session.ended) await this.#discard();
    } finally {
      this.#closed = true;
      this.#onClose();
    }
  }

  /** Advisory locks and settings outlive the owner's statements, but not his session. */
  async #discard(): Promise<void> {
    await this.#inTurn(async (session) => {
      if (session.status !== 'I') await session.simple('rollback');
      await session.discard();
    });
  }

  /** Gives the engine back if a transaction of the owner holds it: the database closes. */
  async end(): Promise<void> {
    if (this.#turn !== undefined) await this.#inTurn((session) => session.simple('rollback'));
    this.#closed = true;
  }

  async #inTurn<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#turn ??= await this.#queue.enter('owner', ownerWaitMs);
    try {
      return await work(await this.#own());
    } finally {
      if (this.#session === undefined || this.#session.ended || this.#session.status === 'I')
        this.#leave();
    }
  }

  #leave(): void {
    this.#turn?.();
    this.#turn = undefined;
  }

  /** The session it began on. What was set or locked on a session that is lost is lost too, so it must be told. */
  async #own(): Promise<Session> {
    if (!this.#closed) this.#session ??= await this.#current();
    if (this.#closed || this.#session === undefined || this.#session.ended)
      throw new DatabaseError('08006', undefined, new Error("the owner's session has ended"));
    return this.#session;
  }
}
