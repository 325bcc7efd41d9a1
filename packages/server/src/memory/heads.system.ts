import type { UserId } from '../domain/ids.js';
import { selectHeads } from '../storage/statements/tenant-heads.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';

/** Numbers of these tenants' last changes, through the system door: it sees counters, never a memory. */
export const createReadHeads =
  ({ system }: { readonly system: SystemDoor }) =>
  async (userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, number>> => {
    const heads = await system.asSystem((tx) => selectHeads(tx, userIds), { readOnly: true });
    return new Map(heads.map(({ userId, head }) => [userId, head]));
  };
