import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** How far one space of the tenant has come. */
export interface SpaceProgress {
  readonly space: number;
  /** Every memory with a smaller document number was embedded. */
  readonly embeddedUntil: number;
}

/** How far each space of the tenant has come. */
export const selectProgress = (tx: TenantTransaction): Promise<SpaceProgress[]> =>
  tx.query(sql<SpaceProgress>`
    select space, embedded_until as "embeddedUntil"
      from vector_progress
     where user_id = ${tx.userId}`);

/**
 * Claims the tenant's next memories; `undefined` while another node's claim runs. It only saves paying twice: what
 * makes the work safe is that `advanceProgress` fails for everybody but the first who comes from this mark.
 */
export async function claimProgress(
  tx: TenantTransaction,
  space: number,
  seconds: number,
): Promise<number | undefined> {
  const [row] = await tx.query(sql<{ embeddedUntil: number }>`
    insert into vector_progress as p (user_id, space, claimed_until)
    values (${tx.userId}, ${space}, now() + make_interval(secs => ${seconds}))
    on conflict (user_id, space) do update set claimed_until = excluded.claimed_until
     where p.claimed_until is null or p.claimed_until < now()
    returning embedded_until as "embeddedUntil"`);
  return row?.embeddedUntil;
}

/** A step of the mark. */
export interface ProgressStep {
  readonly from: number;
  readonly to: number;
  /** Memories that the model does not take. */
  readonly refused: number;
}

/** Moves the mark and ends the claim; false when another node moved it meanwhile. */
export async function advanceProgress(
  tx: TenantTransaction,
  space: number,
  { from, to, refused }: ProgressStep,
): Promise<boolean> {
  const rows = await tx.query(sql<{ space: number }>`
    update vector_progress
       set embedded_until = ${to}, refused = refused + ${refused}, claimed_until = null
     where user_id = ${tx.userId} and space = ${space} and embedded_until = ${from}
    returning space`);
  return rows.length === 1;
}

/** Gives a claim back. */
export async function releaseProgress(tx: TenantTransaction, space: number): Promise<void> {
  await tx.query(sql`
    update vector_progress set claimed_until = null
     where user_id = ${tx.userId} and space = ${space}`);
}

/** Forgets how far a space has come, once it has no vectors any more. */
export async function deleteProgress(tx: TenantTransaction, space: number): Promise<void> {
  await tx.query(sql`
    delete from vector_progress where user_id = ${tx.userId} and space = ${space}`);
}
