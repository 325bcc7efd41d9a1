import type { MutationResult } from '@stellar-memory/protocol';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import type { Growth } from './store-memories.js';

/** Days an answer is remembered. */
const keptDays = 7;

/** What a mutation was answered, in the transaction that applied it. */
export interface MutationAnswer {
  readonly mid: string;
  /** Of the mutation, so that its id does not answer for another one. */
  readonly fingerprint: string;
  readonly results: readonly MutationResult[];
}

/** An answer with the change that made it visible. */
export interface RememberedMutation extends MutationAnswer {
  readonly seq: number;
}

/** Answers of mutations that were applied before, in no order. */
export const selectAnsweredMutations = (
  tx: TenantTransaction,
  mids: readonly string[],
): Promise<RememberedMutation[]> =>
  tx.query(sql<RememberedMutation>`
    select mid, fingerprint, seq, results from mutations
     where user_id = ${tx.userId} and mid = any(${mids}::text[])`);

/**
 * Remembers answers, the last of a transaction's writes: the number is the one that its change got, or that of the
 * change before when it changed nothing. Answers the number. Fails when anything else is in use than was planned.
 */
export async function insertMutations(
  tx: TenantTransaction,
  answers: readonly MutationAnswer[],
  { memories, agents }: Growth,
): Promise<number> {
  const [row] = await tx.query(sql<{ seq: number }>`
    select remember_mutations(${tx.userId}, ${JSON.stringify(answers)}::jsonb, ${memories.used}, ${agents.used}) as seq`);
  return row!.seq;
}

/** Forgets answers that have expired, a bounded number: writers clean up after themselves. */
export async function deleteExpiredMutations(tx: TenantTransaction, atMost: number): Promise<void> {
  await tx.query(sql`
    delete from mutations
     where user_id = ${tx.userId} and mid in (
           select mid from mutations
            where user_id = ${tx.userId} and answered_at < now() - make_interval(days => ${keptDays})
            order by answered_at limit ${atMost})`);
}
