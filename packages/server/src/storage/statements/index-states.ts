import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** What a cached index must know to tell whether it is still right. */
export interface IndexHead {
  /** Rises with every transaction that changes the tenant's memories. */
  readonly version: number;
  /** Rises with every merge; 0 before the first. */
  readonly generation: number;
  /** Document number that the next memory takes. */
  readonly nextDoc: number;
  /** Memories the tenant has. */
  readonly memories: number;
}

/** Reads the head of the index, which every recall does: one row by primary key. */
export async function selectIndexHead(tx: TenantTransaction): Promise<IndexHead> {
  const [head] = await tx.query(sql<IndexHead>`
    select version, index_generation as generation, next_doc as "nextDoc",
           zone_0 + zone_1 + zone_2 + zone_3 + zone_4 as memories
      from tenant_usage
     where user_id = ${tx.userId}`);
  if (head === undefined) throw new Error('the tenant has no counter row');
  return head;
}

/** What merges have made so far. */
export interface MergedIndex {
  /** Documents below are in segments, the others in `index_recent`. */
  readonly mergedUntil: number;
  /** The segments, ascending by document, as the last merge wrote them. */
  readonly segments: readonly unknown[];
}

/** Reads which segments there are. */
export async function selectMergedIndex(tx: TenantTransaction): Promise<MergedIndex> {
  const [merged] = await tx.query(sql<MergedIndex>`
    select merged_until as "mergedUntil", segments
      from index_states
     where user_id = ${tx.userId}`);
  return merged ?? { mergedUntil: 0, segments: [] };
}

/** The right to merge, until it runs out or somebody claims after it. */
export interface MergeClaim {
  /** The number of the segment to be written, and the proof that nobody has claimed since. */
  readonly segment: number;
}

/**
 * Claims the tenant's index for a merge; `undefined` while another node's claim runs. The claim only saves double
 * work: what makes merges safe is that `claimed` fails for everybody but the last who claimed.
 */
export async function claimIndex(
  tx: TenantTransaction,
  seconds: number,
): Promise<MergeClaim | undefined> {
  const [claim] = await tx.query(sql<MergeClaim>`
    insert into index_states as s (user_id, next_segment, claimed_until)
    values (${tx.userId}, 1, now() + make_interval(secs => ${seconds}))
    on conflict (user_id) do update
       set next_segment = s.next_segment + 1, claimed_until = excluded.claimed_until
     where s.claimed_until is null or s.claimed_until < now()
    returning next_segment - 1 as segment`);
  return claim;
}

/** Extends a claim, locking it until the transaction ends; false when somebody claimed after it. */
export async function extendClaim(
  tx: TenantTransaction,
  claim: MergeClaim,
  seconds: number,
): Promise<boolean> {
  const rows = await tx.query(sql<{ segment: number }>`
    update index_states set claimed_until = now() + make_interval(secs => ${seconds})
     where user_id = ${tx.userId} and next_segment = ${claim.segment + 1}
    returning next_segment as segment`);
  return rows.length === 1;
}

/** Gives a claim back without a merge. */
export async function releaseClaim(tx: TenantTransaction, claim: MergeClaim): Promise<void> {
  await tx.query(sql`
    update index_states set claimed_until = null
     where user_id = ${tx.userId} and next_segment = ${claim.segment + 1}`);
}

/** Puts other segments in place; false when somebody claimed after this claim. Ends the claim. */
export async function swapSegments(
  tx: TenantTransaction,
  claim: MergeClaim,
  mergedUntil: number,
  segments: readonly unknown[],
): Promise<boolean> {
  const rows = await tx.query(sql<{ segment: number }>`
    update index_states
       set merged_until = ${mergedUntil}, segments = ${JSON.stringify(segments)}::jsonb,
           claimed_until = null
     where user_id = ${tx.userId} and next_segment = ${claim.segment + 1}
    returning next_segment as segment`);
  return rows.length === 1;
}

/** Tells readers that segments have changed. Takes the counter row's lock, as every writer of the tenant does first. */
export async function raiseGeneration(tx: TenantTransaction): Promise<void> {
  await tx.query(sql`
    update tenant_usage set index_generation = index_generation + 1 where user_id = ${tx.userId}`);
}
