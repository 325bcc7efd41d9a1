import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** What a cached index must know to tell whether it is still right, and what has changed if not. */
export interface IndexHead {
  /** Rises with every transaction that changes the tenant's memories. */
  readonly version: number;
  /** Document number that the next memory takes. */
  readonly nextDoc: number;
  /** Memories the tenant has. */
  readonly memories: number;
  /** Rises with every merge; 0 before the first. */
  readonly generation: number;
  /** Documents below are in segments, the others in `index_recent`. */
  readonly mergedUntil: number;
  /** The segments, ascending by document; `null` when the generation is the known one. */
  readonly segments: readonly unknown[] | null;
}

/**
 * Reads the head of the index. Two rows by primary key; the list of segments travels only when `knownGeneration`
 * is not the current one.
 */
export async function selectIndexHead(
  tx: TenantTransaction,
  knownGeneration: number,
): Promise<IndexHead | undefined> {
  const [head] = await tx.query(sql<IndexHead>`
    select u.version, u.next_doc as "nextDoc",
           u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4 as memories,
           coalesce(s.generation, 0) as generation, coalesce(s.merged_until, 0) as "mergedUntil",
           case when coalesce(s.generation, 0) <> ${knownGeneration}::bigint
                then coalesce(s.segments, '[]') end as segments
      from tenant_usage u
      left join index_states s on s.user_id = u.user_id and s.user_id = ${tx.userId}
     where u.user_id = ${tx.userId}`);
  return head;
}

/** The right to merge, until it runs out or somebody claims after it. */
export interface MergeClaim {
  /** The number of the segment to be written, and the proof that nobody has claimed since. */
  readonly segment: number;
  readonly generation: number;
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
    returning next_segment - 1 as segment, generation`);
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
  const rows = await tx.query(sql<{ generation: number }>`
    update index_states
       set generation = generation + 1, merged_until = ${mergedUntil},
           segments = ${JSON.stringify(segments)}::jsonb, claimed_until = null
     where user_id = ${tx.userId} and next_segment = ${claim.segment + 1}
    returning generation`);
  return rows.length === 1;
}
