import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A code that was asked for. */
export interface SignInRequest {
  readonly id: string;
  /** Trimmed and in lower case. */
  readonly email: string;
  readonly codeHash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** How many may wait at a time for one mailbox: further ones are not sent. */
const openRequests = 5;

/** Adds a request unless too many wait for that mailbox. Whether it was added is not for the asker to know. */
export async function insertSignInRequest(
  tx: SystemTransaction,
  { id, email, codeHash, createdAt, expiresAt }: SignInRequest,
): Promise<boolean> {
  await tx.query(sql`
    select pg_advisory_xact_lock(hashtextextended('sign-in ' || ${email}::text, 0))`);
  const rows = await tx.query(sql<{ id: string }>`
    insert into sign_in_requests (id, email, code_hash, created_at, expires_at)
    select ${id}::uuid, ${email}, ${codeHash}, ${createdAt.toISOString()}::timestamptz,
      ${expiresAt.toISOString()}::timestamptz
    where (select count(*) from sign_in_requests
            where email = ${email} and expires_at > ${createdAt.toISOString()}::timestamptz) < ${openRequests}
    returning id`);
  return rows.length === 1;
}

/**
 * Counts a try of a code, and answers what it must match. `undefined` when the request is unknown, over, used, or
 * was tried too often.
 */
export async function countTry(
  tx: SystemTransaction,
  id: string,
  now: Date,
  maxTries: number,
): Promise<Pick<SignInRequest, 'email' | 'codeHash'> | undefined> {
  const rows = await tx.query(sql<Pick<SignInRequest, 'email' | 'codeHash'>>`
    update sign_in_requests set tries = tries + 1
    where id = ${id}::uuid and used_at is null and tries < ${maxTries}
      and expires_at > ${now.toISOString()}::timestamptz
    returning email, code_hash as "codeHash"`);
  return rows[0];
}

/** Ends a request whose code was right. False when another has used it meanwhile. */
export async function useSignInRequest(
  tx: SystemTransaction,
  id: string,
  now: Date,
): Promise<boolean> {
  const rows = await tx.query(sql<{ id: string }>`
    update sign_in_requests set used_at = ${now.toISOString()}::timestamptz
    where id = ${id}::uuid and used_at is null returning id`);
  return rows.length === 1;
}

/** Forgets requests that are over, some at a time. */
export async function deleteOverRequests(tx: SystemTransaction, now: Date): Promise<void> {
  await tx.query(sql`
    delete from sign_in_requests where id in (
      select id from sign_in_requests where expires_at <= ${now.toISOString()}::timestamptz limit 100)`);
}
