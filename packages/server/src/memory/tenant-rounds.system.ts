import type { UserId } from '../domain/ids.js';
import type { DueTenant } from '../storage/statements/due-tenants.system.js';
import type { SystemDoor, SystemTransaction } from '../storage/system-door.system.js';

const tenantsAPage = 100;

/** What is done for tenants in turn. */
export interface Rounds {
  readonly system: SystemDoor;
  /** Ends them before the next tenant; what is left stays due. */
  readonly isStopping: (() => boolean) | undefined;
  /** A page of the tenants with something due, longest due first, behind one that was answered before. */
  readonly due: (
    tx: SystemTransaction,
    page: { readonly after: DueTenant | undefined; readonly limit: number },
  ) => Promise<DueTenant[]>;
  /** One small batch of one tenant. Answers whether he has more that can be done now. */
  readonly batch: (userId: UserId) => Promise<boolean>;
}

/**
 * Every tenant has one small batch in a round, however much he has due, and rounds go on until nobody has more. Nothing
 * is remembered but what is due, so that any number of nodes may do it. Who fails is left for the next time, or he would
 * keep everybody behind him waiting for ever.
 *
 * @throws AggregateError at the end, when tenants failed
 */
export async function inRounds(rounds: Rounds): Promise<void> {
  const failures = new Map<UserId, unknown>();
  for (let progress = true; progress; ) {
    progress = false;
    for await (const { userId } of dueTenants(rounds)) {
      if (failures.has(userId)) continue;
      try {
        const hasMore = await rounds.batch(userId);
        progress ||= hasMore;
      } catch (error) {
        failures.set(userId, error);
      }
    }
  }
  if (failures.size > 0)
    throw new AggregateError(failures.values(), `${failures.size} tenants failed`);
}

/** Every tenant with something due, each once. */
async function* dueTenants({ system, isStopping, due }: Rounds): AsyncGenerator<DueTenant> {
  let after: DueTenant | undefined;
  for (;;) {
    const place = { after, limit: tenantsAPage };
    const page = await system.asSystem((tx) => due(tx, place), { readOnly: true });
    for (const tenant of page) {
      if (isStopping?.() === true) return;
      yield tenant;
    }
    after = page.at(-1);
    if (page.length < tenantsAPage) return;
  }
}
