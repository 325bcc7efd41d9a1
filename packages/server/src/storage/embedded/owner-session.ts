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
  readonly #session: () => Promise<Session>;
  #turn: (() => void) | undefined;

  constructor(queue: FairQueue, session: () => Promise<Session>) {
    this.#queue = queue;
    this.#session = session;
  }

  async exec(text: string): Promise<void> {
    await this.#inTurn((session) => session.simple(text));
  }

  query<Row>(text: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    return this.#inTurn((session) => session.query<Row>({ text, values }));
  }

  async close(): Promise<void> {
    await this.#inTurn(async (session) => {
      if (session.status !== 'I') await session.simple('rollback');
      // Advisory locks and settings of the owner outlive its statements, not its session.
      await session.simple('discard all');
    });
  }

  async #inTurn<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.#turn ??= await this.#queue.enter('owner', ownerWaitMs);
    let idle = true;
    try {
      const session = await this.#session();
      try {
        return await work(session);
      } finally {
        idle = session.status === 'I' || session.engine.lost !== undefined;
      }
    } finally {
      if (idle) {
        this.#turn();
        this.#turn = undefined;
      }
    }
  }
}
