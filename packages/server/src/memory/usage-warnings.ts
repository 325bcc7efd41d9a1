import type { UserId } from '../domain/ids.js';
import type { GrowthUsage } from '../storage/statements/store-memories.js';
import {
  insertWarnings,
  type Resource,
  type UsageWarning,
} from '../storage/statements/usage-warnings.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { UsageWatch } from './dependencies.js';

/** Percent of a limit at which its owner is told, highest first. */
export const warnedAtPercent = [100, 95, 80] as const;

/** Limits whose warnings a node remembers to have been given; the database remembers all. */
const remembered = 10_000;

/** What a warning is handed to, for example mail. Rejections are reported, never thrown at who stored. */
export type OnWarning = (userId: UserId, warning: UsageWarning) => void;

/** What gives warnings needs. */
export interface WarningOptions {
  readonly tenants: TenantDoor;
  /** Called once for each warning, by whichever node recorded it. */
  readonly onWarning: OnWarning;
  readonly onError: (error: unknown) => void;
}

/** Every threshold that is reached. An upgrade makes a new limit, which warns anew. */
export function reached(
  resource: Resource,
  { used, limit }: { readonly used: number; readonly limit: number | null },
): UsageWarning[] {
  if (limit === null) return [];
  return warnedAtPercent
    .filter((percent) => used * 100 >= limit * percent)
    .map((percent) => ({ resource, percent, limit }));
}

/**
 * Warns at 80, 95 and 100 % of a limit, each once: the database decides who was first. Beside the request, because
 * nobody's store should wait for it; what is lost with a node comes with the next store.
 */
export class UsageWarnings implements UsageWatch {
  readonly #options: WarningOptions;
  readonly #given = new Map<string, number>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: WarningOptions) {
    this.#options = options;
  }

  note(userId: UserId, { memories, agents }: GrowthUsage): void {
    this.noteResource(userId, 'memories', memories);
    this.noteResource(userId, 'agents', agents);
  }

  /** The same for one resource. */
  noteResource(
    userId: UserId,
    resource: Resource,
    usage: { readonly used: number; readonly limit: number | null },
  ): void {
    const [highest, ...lower] = reached(resource, usage);
    if (highest === undefined) return;
    const name = `${userId} ${resource} ${highest.limit}`;
    if ((this.#given.get(name) ?? 0) >= highest.percent) return;
    this.#remember(name, highest.percent);
    this.#running = Promise.all([
      this.#running,
      this.#record(userId, [highest, ...lower]).catch((error: unknown) => {
        this.#given.delete(name);
        this.#options.onError(error);
      }),
    ]);
  }

  /** Waits for what is being recorded; part of draining. */
  async flush(): Promise<void> {
    await this.#running;
  }

  async #record(userId: UserId, warnings: readonly UsageWarning[]): Promise<void> {
    const { tenants, onWarning } = this.#options;
    const fresh = await tenants.withTenant(userId, (tx) => insertWarnings(tx, warnings));
    // A jump over several thresholds is one piece of news, the highest.
    const news = fresh.toSorted((a, b) => b.percent - a.percent)[0];
    if (news !== undefined) onWarning(userId, news);
  }

  #remember(name: string, percent: number): void {
    if (this.#given.size >= remembered) this.#given.clear();
    this.#given.set(name, percent);
  }
}
