import { createHmac, randomBytes, randomInt } from 'node:crypto';
import {
  type CreatedApiKey,
  type DecideDeviceRequest,
  type DeviceRequest,
  type DeviceResponse,
  userCodeLetters,
} from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  decideDeviceRequest,
  insertDeviceRequest,
  lockOpenDeviceRequests,
  type OpenDeviceRequest,
  type PolledDeviceRequest,
  pollDeviceRequest,
  takeDeviceRequest,
} from '../storage/statements/device-requests.system.js';
import type { SystemTransaction } from '../storage/system-door.system.js';
import type { ApiKeyService } from './account-service.js';
import { type AttemptLimit, type AttemptOptions, refuseBeyond } from './attempt-limit.system.js';
import type { DeviceService } from './device-service.js';
import type { Identity } from './identity.js';

/** What granting keys to devices needs. */
export interface DeviceGrantOptions extends AttemptOptions {
  readonly apiKeys: ApiKeyService;
  /** Where the pages of this server are, without a slash at its end. */
  readonly pagesUrl: string;
  /** Default 5. */
  readonly intervalSeconds?: number;
}

const codeSeconds = 10 * 60;
const userCodeLength = 8;
/** 20 letters: 20 tries of 25 billion codes, of which a few are shown at a time. */
const decisions: AttemptLimit = { kind: 'device decision', tries: 20, windowSeconds: codeSeconds };
/** Each is a row for ten minutes. */
const requests: AttemptLimit = { kind: 'device request', tries: 30, windowSeconds: codeSeconds };

/** Grants keys to devices, on any number of nodes: all that is remembered is in the database. */
export function createDeviceService(options: DeviceGrantOptions): DeviceService {
  const { system, clock } = options;
  const now = (): Date => new Date(clock.nowMs());
  return {
    async begin(request, address) {
      if (address !== undefined) await refuseBeyond(options, requests, address);
      return begin(options, request, now());
    },
    poll: (deviceCode) => poll(options, deviceCode, now()),
    async inspect(identity, userCode) {
      await admit(options, identity);
      const found = await system.asSystem((tx) => openRequest(tx, options, userCode, now()));
      return {
        name: found.name,
        scopes: [...found.scopes],
        requested_at: found.createdAt.toISOString(),
        expires_at: found.expiresAt.toISOString(),
      };
    },
    decide: (identity, decision) => decide(options, identity, decision, now()),
  };
}

async function begin(
  options: DeviceGrantOptions,
  { name, scopes }: DeviceRequest,
  createdAt: Date,
): Promise<DeviceResponse> {
  const { system, secret, pagesUrl, intervalSeconds = 5 } = options;
  const deviceCode = randomBytes(32).toString('base64url');
  const userCode = newUserCode();
  const row = {
    deviceCodeHash: hashDeviceCode(secret, deviceCode),
    userCodeHash: hashUserCode(secret, userCode),
    name,
    scopes: [...new Set(scopes)],
    createdAt,
    expiresAt: new Date(createdAt.getTime() + codeSeconds * 1_000),
    intervalSeconds,
  };
  await system.asSystem((tx) => insertDeviceRequest(tx, row));
  const shown = `${userCode.slice(0, 4)}-${userCode.slice(4)}`;
  return {
    device_code: deviceCode,
    user_code: shown,
    verification_uri: `${pagesUrl}/device`,
    // Behind the hash it reaches neither a server nor its log.
    verification_uri_complete: `${pagesUrl}/device#${shown}`,
    expires_in: codeSeconds,
    interval: intervalSeconds,
  };
}

const newUserCode = (): string =>
  Array.from({ length: userCodeLength }, () => userCodeLetters[randomInt(userCodeLetters.length)]!) //
    .join('');

const hashDeviceCode = (secret: string, code: string): string =>
  createHmac('sha256', secret).update(`device code ${code}`).digest('hex');

const hashUserCode = (secret: string, code: string): string =>
  createHmac('sha256', secret).update(`user code ${code}`).digest('hex');

async function poll(
  { system, secret, apiKeys }: DeviceGrantOptions,
  deviceCode: string,
  now: Date,
): Promise<CreatedApiKey> {
  const hash = hashDeviceCode(secret, deviceCode);
  // What is refused below must have been counted as a poll, so nothing is thrown in here.
  const { found, userId } = await system.asSystem(async (tx) => {
    const found = await pollDeviceRequest(tx, hash, now);
    const isOver = found !== undefined && !found.isTooSoon && found.decision !== null;
    return { found, userId: isOver ? await takeDeviceRequest(tx, hash) : undefined };
  });
  if (found === undefined || userId === undefined) throw refusal(found);
  // Taken first: a request serves one key, whatever becomes of that.
  const { name, scopes } = found;
  return apiKeys.create({ userId, apiKeyId: 'owner' }, { name, scopes: [...scopes] });
}

function refusal(found: PolledDeviceRequest | undefined): StellarError {
  if (found === undefined) return new StellarError('expired_token');
  if (found.isTooSoon) return new StellarError('slow_down');
  return new StellarError(found.decision === null ? 'authorization_pending' : 'access_denied');
}

async function decide(
  options: DeviceGrantOptions,
  identity: Identity,
  { user_code, grant }: DecideDeviceRequest,
  now: Date,
): Promise<{ granted: boolean }> {
  await admit(options, identity);
  const { system, apiKeys } = options;
  // Asked here too, so that the person hears of it who can make room.
  if (grant) await apiKeys.assertRoom(identity.userId);
  const grantedBy: UserId | undefined = grant ? identity.userId : undefined;
  await system.asSystem(async (tx) => {
    await decideDeviceRequest(tx, await openRequest(tx, options, user_code, now), grantedBy);
  });
  return { granted: grant };
}

/** Keys cannot grant keys here: what they may make is narrower, and theirs to revoke. */
async function admit(options: DeviceGrantOptions, identity: Identity): Promise<void> {
  if (identity.sessionId === undefined)
    throw new StellarError('insufficient_scope', {
      detail: 'A device is let in by a person who is signed in, not by a key.',
    });
  await refuseBeyond(options, decisions, identity.userId);
}

async function openRequest(
  tx: SystemTransaction,
  { secret }: DeviceGrantOptions,
  userCode: string,
  now: Date,
): Promise<OpenDeviceRequest> {
  const [found, other] = await lockOpenDeviceRequests(tx, hashUserCode(secret, userCode), now);
  if (found === undefined || other !== undefined)
    throw new StellarError('not_found', { detail: 'No device shows this code now.' });
  return found;
}
