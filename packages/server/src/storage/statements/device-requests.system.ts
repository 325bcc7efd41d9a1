import type { Scope } from '@stellar-memory/protocol';
import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A device that asks for a key. Codes are kept as keyed hashes. */
export interface DeviceRequestRow {
  readonly deviceCodeHash: string;
  readonly userCodeHash: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly intervalSeconds: number;
}

/** Adds a request, and forgets some that are over. */
export async function insertDeviceRequest(
  tx: SystemTransaction,
  row: DeviceRequestRow,
): Promise<void> {
  const createdAt = row.createdAt.toISOString();
  await Promise.all([
    tx.query(sql`
      insert into device_requests (device_code_hash, user_code_hash, name, scopes, created_at, expires_at,
        interval_seconds)
      values (${row.deviceCodeHash}, ${row.userCodeHash}, ${row.name}, ${row.scopes}::text[],
        ${createdAt}::timestamptz, ${row.expiresAt.toISOString()}::timestamptz, ${row.intervalSeconds})`),
    tx.query(sql`
      delete from device_requests where device_code_hash in (
        select device_code_hash from device_requests where expires_at <= ${createdAt}::timestamptz
        limit 100 for update skip locked)`),
    tx.query(sql`
      delete from device_grants where (user_id, device_code_hash) in (
        select user_id, device_code_hash from device_grants where expires_at <= ${createdAt}::timestamptz
        limit 100)`),
  ]);
}

/** A request that a person may decide about. */
export type OpenDeviceRequest = Pick<
  DeviceRequestRow,
  'deviceCodeHash' | 'name' | 'scopes' | 'createdAt' | 'expiresAt'
>;

/** Requests with this user code that nobody has decided about; their locks are held to the end. */
export const lockOpenDeviceRequests = (
  tx: SystemTransaction,
  userCodeHash: string,
  now: Date,
): Promise<OpenDeviceRequest[]> =>
  tx.query(sql<OpenDeviceRequest>`
    select device_code_hash as "deviceCodeHash", name, scopes, created_at as "createdAt",
      expires_at as "expiresAt"
    from device_requests
    where user_code_hash = ${userCodeHash} and decision is null and expires_at > ${now.toISOString()}::timestamptz
    for update`);

/** Notes what a person said of a request that the same transaction has locked. */
export async function decideDeviceRequest(
  tx: SystemTransaction,
  { deviceCodeHash, expiresAt }: OpenDeviceRequest,
  grantedBy: UserId | undefined,
): Promise<void> {
  const decision = grantedBy === undefined ? 'denied' : 'granted';
  await tx.query(sql`
    update device_requests set decision = ${decision} where device_code_hash = ${deviceCodeHash}`);
  if (grantedBy === undefined) return;
  await tx.query(sql`
    insert into device_grants (user_id, device_code_hash, expires_at)
    values (${grantedBy}, ${deviceCodeHash}, ${expiresAt.toISOString()}::timestamptz)`);
}

/** What a device meets that asks whether it was granted. */
export interface PolledDeviceRequest extends Pick<DeviceRequestRow, 'name' | 'scopes'> {
  readonly decision: 'granted' | 'denied' | null;
  /** Whether it asked sooner than it was told to. */
  readonly isTooSoon: boolean;
}

/** Notes that the device has asked; one that did so too soon has to wait five seconds longer from now on. */
export async function pollDeviceRequest(
  tx: SystemTransaction,
  deviceCodeHash: string,
  now: Date,
): Promise<PolledDeviceRequest | undefined> {
  const at = now.toISOString();
  const rows = await tx.query(sql<PolledDeviceRequest>`
    update device_requests r
    set polled_at = ${at}::timestamptz,
      interval_seconds = r.interval_seconds + case when before.too_soon then 5 else 0 end
    from (
      select device_code_hash,
        coalesce(polled_at + make_interval(secs => interval_seconds) > ${at}::timestamptz, false) as too_soon
      from device_requests
      where device_code_hash = ${deviceCodeHash} and expires_at > ${at}::timestamptz for update
    ) before
    where r.device_code_hash = before.device_code_hash
    returning r.name, r.scopes, r.decision, before.too_soon as "isTooSoon"`);
  return rows[0];
}

/** Ends a request, and with it the grant. Answers who granted it. */
export async function takeDeviceRequest(
  tx: SystemTransaction,
  deviceCodeHash: string,
): Promise<UserId | undefined> {
  const [, rows] = await Promise.all([
    tx.query(sql`delete from device_requests where device_code_hash = ${deviceCodeHash}`),
    tx.query(sql<{ userId: UserId }>`
      delete from device_grants where device_code_hash = ${deviceCodeHash} returning user_id as "userId"`),
  ]);
  return rows[0]?.userId;
}
