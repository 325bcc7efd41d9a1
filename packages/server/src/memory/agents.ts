import { selectAgents } from '../storage/statements/agents.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { ContextService } from './context-service.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';

/** Agents that have memories, with how many. Round trips: 1. */
export const createAgents =
  (tenants: TenantDoor): ContextService['listAgents'] =>
  async (userId, { limit, cursor }) => {
    const after = cursor === undefined ? undefined : decodeCursor(cursor)[1];
    const found = await tenants.withTenant(
      userId,
      (tx) => selectAgents(tx.ending, { after, limit: limit + 1 }),
      { readOnly: true },
    );
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map(({ agentId, memories }) => ({ agent_id: agentId, memories })),
      next_cursor: last === undefined ? null : encodeCursor([0, last.agentId]),
    };
  };
