import { randomUUID } from 'node:crypto';
import { tierLimits } from '@stellar-memory/protocol';
import type { Identity } from '../auth/identity.js';
import type { UserId } from '../domain/ids.js';
import type { AgentLeases } from '../memory/agent-leases.system.js';
import type { WakeBus } from './wake-bus.js';

/** A connection that stands for its agent. */
export interface Seat {
  /** Names the connection. */
  readonly session: string;
  /** Agents that are connected, this one among them. */
  readonly agents: readonly string[];
  /** Gives the lease back. Errors: those of the database; it runs out by itself. */
  leave(): Promise<void>;
}

interface Held {
  readonly userId: UserId;
  readonly agent: string;
  readonly session: string;
  readonly onLost: () => void;
}

/** What a keeper needs. */
export interface LeaseKeeperOptions {
  readonly leases: AgentLeases;
  readonly bus: WakeBus;
  /** Told when a look whether leases are still held has failed; the next one makes up for it. */
  readonly onError: (error: unknown) => void;
}

/** Keeps the leases of the agents that are connected to this node. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<string, Held>();

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /**
   * Takes the agent's lease, over from an older connection wherever that is. `undefined` when as many other agents
   * are connected as the tier allows. `onLost` is called when a newer connection takes it over in turn.
   */
  async join(
    { userId, tier }: Identity,
    agent: string,
    onLost: () => void,
  ): Promise<Seat | undefined> {
    const { leases, bus } = this.#options;
    const session = randomUUID();
    const most = tierLimits[tier].agents;
    const { granted, fenced, connected } = await leases.take(userId, { agent, session }, most);
    if (!granted) return undefined;
    const unsubscribe = bus.subscribe(userId, (kind) => {
      if (kind === 'access') void this.#look([held]);
    });
    const held: Held = { userId, agent, session, onLost };
    this.#held.set(session, held);
    if (fenced) bus.wake(userId, 'access');
    return {
      session,
      agents: connected,
      leave: async () => {
        unsubscribe();
        if (this.#held.delete(session)) await leases.drop(userId, { agent, session });
      },
    };
  }

  /** Renews every lease of this node, and finds those that were taken over without a wake. */
  async run(): Promise<void> {
    await this.#look([...this.#held.values()]);
  }

  async #look(asked: readonly Held[]): Promise<void> {
    const { leases, onError } = this.#options;
    if (asked.length === 0) return;
    try {
      const still = await leases.renew(asked);
      for (const held of asked)
        if (!still.has(held.session) && this.#held.delete(held.session)) held.onLost();
    } catch (error) {
      onError(error);
    }
  }
}
