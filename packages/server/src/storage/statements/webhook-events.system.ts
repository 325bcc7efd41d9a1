import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** Takes an event in. Nothing happens when the same body came before. */
export async function insertEvent(
  tx: SystemTransaction,
  event: { readonly bodyHash: string; readonly name: string; readonly body: string },
): Promise<void> {
  await tx.query(sql`
    insert into webhook_events (body_hash, event_name, body)
    values (${event.bodyHash}, ${event.name}, ${event.body})
    on conflict (body_hash) do nothing`);
}

/** The body of an event that was not applied yet. */
export async function findOpenEvent(
  tx: SystemTransaction,
  bodyHash: string,
): Promise<string | undefined> {
  const rows = await tx.query(sql<{ body: string }>`
    select body from webhook_events where body_hash = ${bodyHash} and applied_at is null`);
  return rows[0]?.body;
}

/** Notes what became of an event and forgets its body, which names a person. */
export async function closeEvent(
  tx: SystemTransaction,
  bodyHash: string,
  outcome: string,
): Promise<void> {
  await tx.query(sql`
    update webhook_events set applied_at = now(), outcome = ${outcome}, body = null
    where body_hash = ${bodyHash}`);
}

/** Notes that an event could not be applied now. */
export async function noteFailedAttempt(tx: SystemTransaction, bodyHash: string): Promise<void> {
  await tx.query(sql`
    update webhook_events set attempts = attempts + 1
    where body_hash = ${bodyHash} and applied_at is null`);
}

/** Events that wait to be applied, oldest first. One that failed a hundred times waits for a person. */
export async function openEvents(tx: SystemTransaction): Promise<string[]> {
  const rows = await tx.query(sql<{ bodyHash: string }>`
    select body_hash as "bodyHash" from webhook_events
    where applied_at is null and attempts < 100
    order by received_at limit 100`);
  return rows.map(({ bodyHash }) => bodyHash);
}

/** Forgets events that came long ago: the same one again would be older than what is held. */
export async function deleteOldEvents(tx: SystemTransaction, before: Date): Promise<void> {
  await tx.query(sql`
    delete from webhook_events
    where applied_at is not null and received_at < ${before.toISOString()}::timestamptz`);
}
