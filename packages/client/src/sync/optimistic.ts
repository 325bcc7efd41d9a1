import type { Memory, PatchRequest, StoreRequest } from '../wire.js';
import type { MutationOp } from './sync-wire.js';

/**
 * A memory as it will be when the server has merged the operation, as far as can be told here: zone and score are the
 * server's to say.
 *
 * @param atSeconds when the operation was made
 */
export function afterOp(
  memory: Memory | undefined,
  op: MutationOp,
  atSeconds: number,
): Memory | undefined {
  switch (op.op) {
    case 'store':
      // The server has it already: what it says is better.
      return memory ?? born(op.id, op.memory, atSeconds);
    case 'edit':
      return memory && edited(memory, op.set, atSeconds);
    case 'forget':
      return undefined;
  }
}

/** The zone of a memory that nobody has recalled yet, until the server says. */
const firstZone = 2;

const born = (id: string, request: StoreRequest, atSeconds: number): Memory => ({
  id,
  content: request.content,
  zone: firstZone,
  score: 0,
  importance: request.importance ?? 0.5,
  recall_count: 0,
  last_recalled_at: null,
  emotion: null,
  created_at: atSeconds,
  updated_at: atSeconds,
  occurred_at: secondsOf(request.occurred_at ?? null),
  agent_id: request.agent_id ?? null,
  session_id: request.session_id ?? null,
  speaker: request.speaker ?? null,
  role: request.role ?? null,
  pinned: request.pinned ?? false,
  metadata: request.metadata ?? {},
});

function edited(memory: Memory, set: PatchRequest, atSeconds: number): Memory {
  const { occurred_at, ...fields } = set;
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    ...memory,
    ...Object.fromEntries(given),
    ...(occurred_at === undefined ? {} : { occurred_at: secondsOf(occurred_at) }),
    updated_at: atSeconds,
  };
}

/** ISO 8601 or seconds, as seconds. What is no moment is the server's to refuse. */
function secondsOf(moment: string | number | null): number | null {
  if (typeof moment !== 'string') return moment;
  const ms = Date.parse(moment);
  return Number.isNaN(ms) ? null : ms / 1000;
}
