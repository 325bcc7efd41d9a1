import type { StellarError } from '../../domain/stellar-error.js';
import type { Growth } from '../../storage/statements/store-memories.js';
import { type LockedCounters, totalMemories } from '../../storage/statements/tenant-usage.js';
import { fullTier } from '../quota.js';
import type { GroupView } from './group-view.js';

/**
 * What a tenant has room for while a group of mutations is worked out, under the lock of his counters: each operation
 * meets the limits as if those before it had been committed.
 */
export class Room {
  readonly #counters: LockedCounters;
  readonly #memoriesOf: Map<string, number>;
  readonly #lapsed: boolean;
  readonly #upgrade: { readonly upgradeUrl?: string };
  #memories: number;
  #agents: number;

  constructor(
    { counters, agents, lapsed }: Pick<GroupView, 'counters' | 'agents' | 'lapsed'>,
    upgrade: { readonly upgradeUrl?: string },
  ) {
    this.#counters = counters;
    this.#memories = totalMemories(counters);
    this.#agents = counters.agents;
    this.#memoriesOf = new Map(agents.map(({ agent, memories }) => [agent, memories]));
    this.#lapsed = lapsed;
    this.#upgrade = upgrade;
  }

  /** What is in use by now. */
  get usage(): Growth {
    const { memoryLimit, agentLimit } = this.#counters;
    return {
      memories: { used: this.#memories, limit: memoryLimit },
      agents: { used: this.#agents, limit: agentLimit },
    };
  }

  /** Takes room for a memory of the agent, or says why there is none. */
  take(agent: string | null): StellarError | undefined {
    const { memoryLimit } = this.#counters;
    if (memoryLimit !== null && this.#memories + 1 > memoryLimit)
      return this.#full('memories', this.#memories, memoryLimit);
    const refusal = this.move(null, agent);
    if (refusal === undefined) this.#memories += 1;
    return refusal;
  }

  /** Gives back the room of a memory of the agent. */
  leave(agent: string | null): void {
    this.#memories -= 1;
    this.move(agent, null);
  }

  /** Moves a memory between agents, or says why there is no room for another agent. */
  move(from: string | null, to: string | null): StellarError | undefined {
    if (from === to) return undefined;
    const { agentLimit } = this.#counters;
    const gone = from !== null && this.#of(from) === 1 ? 1 : 0;
    const come = to !== null && this.#of(to) === 0 ? 1 : 0;
    if (come > gone && agentLimit !== null && this.#agents + come - gone > agentLimit)
      return this.#full('agents', this.#agents, agentLimit);
    this.#agents += come - gone;
    if (from !== null) this.#memoriesOf.set(from, this.#of(from) - 1);
    if (to !== null) this.#memoriesOf.set(to, this.#of(to) + 1);
    return undefined;
  }

  #of(agent: string): number {
    return this.#memoriesOf.get(agent) ?? 0;
  }

  #full(what: 'memories' | 'agents', used: number, limit: number): StellarError {
    return fullTier(what, { used, limit }, this.#upgrade, this.#lapsed);
  }
}
