import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** What is tried, by a keyed hash of what and by whom. */
export interface Attempt {
  readonly subjectHash: string;
  readonly now: Date;
  /** Seconds from the first try after which counting begins anew. */
  readonly windowSeconds: number;
}

/** How often it was tried within the window, this time included, and when the window ends. */
export interface Attempts {
  readonly tries: number;
  readonly endsAt: Date;
}

/** Counts a try, on all nodes together, and forgets some windows that are over. */
export async function countAttempt(
  tx: SystemTransaction,
  { subjectHash, now, windowSeconds }: Attempt,
): Promise<Attempts> {
  const at = now.toISOString();
  const endsAt = new Date(now.getTime() + windowSeconds * 1_000).toISOString();
  const [rows] = await Promise.all([
    tx.query(sql<Attempts>`
      insert into attempts as a (subject_hash, tries, ends_at) values (${subjectHash}, 1, ${endsAt}::timestamptz)
      on conflict (subject_hash) do update set
        tries = case when a.ends_at <= ${at}::timestamptz then 1 else a.tries + 1 end,
        ends_at = case when a.ends_at <= ${at}::timestamptz then excluded.ends_at else a.ends_at end
      returning tries, ends_at as "endsAt"`),
    tx.query(sql`
      delete from attempts where subject_hash in (
        select subject_hash from attempts
        where ends_at <= ${at}::timestamptz and subject_hash <> ${subjectHash} limit 10 for update skip locked)`),
  ]);
  return rows[0]!;
}
