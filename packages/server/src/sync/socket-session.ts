import {
  AuthFrame,
  type ErrorFrame,
  HelloFrame,
  type Mutation,
  type MutationAck,
  MutFrame,
  type ServerFrame,
  syncClose,
  syncLimits,
} from '@stellar-memory/protocol';
import type { Identity } from '../auth/identity.js';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { decodeSyncCursor } from '../domain/sync-cursor.js';
import type { ChangeFeed } from '../memory/change-feed.js';
import { Catchup } from './catch-up.js';
import { jitteredMs } from './jitter.js';
import type { LeaseKeeper, Seat } from './lease-keeper.js';
import { readFrame, refusalOf } from './read-frame.js';
import type { SocketMetrics } from './socket-metrics.js';
import type { AccessHolder } from './sync-service.js';
import type { WakeBus } from './wake-bus.js';
import type { Wire } from './wire.js';

/** Applies a mutation of this identity and answers after its commit. The mutation names its agent. */
export type ApplyMutation = (identity: Identity, mutation: Mutation) => Promise<MutationAck>;

/** What sockets are served with. */
export interface SocketServices {
  readonly feed: ChangeFeed;
  readonly bus: WakeBus;
  readonly access: AccessHolder;
  readonly keeper: LeaseKeeper;
  readonly apply: ApplyMutation;
  readonly metrics: SocketMetrics;
  /** Number of the tenant's last change as the node last saw it, if it did. */
  readonly headOf: (userId: UserId) => number | undefined;
  /** Waits for the tenant's turn and charges a frame to the account. Errors: `rate_limited`. */
  readonly charge: (identity: Identity) => Promise<void>;
  /** For a socket whose upgrade carried no credential. Errors: those of authentication. */
  readonly authenticate: (key: string) => Promise<Identity>;
  /** Told of what should not happen; the socket is closed, and its client comes back. */
  readonly onError: (error: unknown) => void;
  /** Milliseconds between heartbeats; tests shorten them. */
  readonly heartbeatMs?: number;
  /** Milliseconds after which a client who does not read is let go; tests shorten them. */
  readonly slowMs?: number;
  /** Milliseconds in which `auth` and `hello` must come; tests shorten them. */
  readonly helloMs?: number;
  /** Milliseconds in which a ping must be answered; tests shorten them. */
  readonly pongMs?: number;
}

/** Frames that may be refused on one connection: a client that sends more of them is broken. */
const patience = 50;
/** Milliseconds within which clients come back after a restart, each at a moment of its own. */
const spreadMs = 10_000;

/** Serves one connection until it ends. The tenant is the identity's; no frame can name another (FR-09). */
export async function serveSocket(
  services: SocketServices,
  wire: Wire,
  proved: Identity | undefined,
): Promise<void> {
  try {
    const identity = proved ?? (await firstMessage(services, wire));
    if (identity === undefined) return;
    const held = services.access.hold(identity, wire.gone);
    if (held.aborted) return bidFarewell(wire, held.reason);
    held.addEventListener('abort', () => bidFarewell(wire, held.reason), { once: true });
    await converse(services, wire, identity);
  } catch (error) {
    if (wire.gone.aborted) return;
    closeAfter(error, services, wire);
  }
}

/** The form of v1: the key comes first. Errors: those of authentication. */
async function firstMessage(
  { authenticate, helloMs = syncLimits.helloMs }: SocketServices,
  wire: Wire,
): Promise<Identity | undefined> {
  const frame = await wire.next(helloMs);
  if (frame === undefined) {
    wire.close(syncClose.helloTimeout, 'no auth came in time');
    return undefined;
  }
  const auth = readFrame(AuthFrame, frame, syncLimits.authFrameBytes);
  const identity = await authenticate(auth.key);
  refuseSocket(identity);
  return identity;
}

/** Errors: `insufficient_scope`, `agent_not_allowed`. */
export function refuseSocket({ scopes, agentId }: Identity): void {
  if (!scopes.includes('read'))
    throw new StellarError('insufficient_scope', {
      detail: 'Following changes needs a key with the scope read.',
    });
  if (agentId !== null)
    throw new StellarError('agent_not_allowed', {
      detail: 'Changes concern the whole account; this key is bound to one agent.',
    });
}

async function converse(services: SocketServices, wire: Wire, identity: Identity): Promise<void> {
  const frame = await wire.next(services.helloMs ?? syncLimits.helloMs);
  if (frame === undefined) return wire.close(syncClose.helloTimeout, 'no hello came in time');
  const hello = readFrame(HelloFrame, frame, syncLimits.frameBytes);
  const cursor = hello.cursor === null ? undefined : decodeSyncCursor(hello.cursor);
  const seat = await services.keeper.join(identity, hello.agent, () =>
    wire.close(syncClose.fenced, 'the same agent connected elsewhere'),
  );
  if (seat === undefined)
    return wire.close(syncClose.agentLimit, 'as many agents are connected as the tier allows');
  services.metrics.connections += 1;
  try {
    const catchup = new Catchup(services, wire, identity, seat);
    await Promise.all([
      catchup.run(cursor),
      answerFrames(services, wire, identity, hello.agent),
      beat(services, wire, identity, catchup),
    ]);
  } finally {
    services.metrics.connections -= 1;
    await leave(seat, services);
  }
}

const leave = (seat: Seat, { onError }: SocketServices): Promise<void> =>
  seat.leave().catch(onError);

/** Frames one after the other: the next is read when the one before has its answer. */
async function answerFrames(
  services: SocketServices,
  wire: Wire,
  identity: Identity,
  agent: string,
): Promise<void> {
  let refused = 0;
  for (;;) {
    const frame = await wire.next();
    if (frame === undefined) return;
    try {
      const { t: _, ...mutation } = readFrame(MutFrame, frame, syncLimits.frameBytes);
      send(wire, { t: 'ack', ...(await applyOne(services, identity, { agent, ...mutation })) });
    } catch (error) {
      if (error instanceof StellarError && error.status >= 500) services.onError(error);
      send(wire, refusalOf(error, frame.text));
      if (!(error instanceof StellarError)) throw error;
      refused += 1;
      if (refused > patience) return wire.close(syncClose.tooMany, 'too many frames were refused');
    }
    await wire.flushed();
  }
}

async function applyOne(
  { charge, apply }: SocketServices,
  identity: Identity,
  mutation: Mutation,
): Promise<MutationAck> {
  if (!identity.scopes.includes('write'))
    throw new StellarError('insufficient_scope', {
      detail: 'A mutation needs a key with the scope write.',
    });
  await charge(identity);
  return apply(identity, mutation);
}

/** Says that the server lives and where the feed stands, so that a client notices when it has missed something. */
async function beat(
  { headOf, heartbeatMs = syncLimits.heartbeatMs, pongMs = syncLimits.pongMs }: SocketServices,
  wire: Wire,
  { userId }: Identity,
  catchup: Catchup,
): Promise<void> {
  while (await elapses(jitteredMs(heartbeatMs), wire.gone)) {
    wire.ping(pongMs);
    if (wire.bufferedBytes > syncLimits.bufferedBytes) continue;
    send(wire, { t: 'hb', head: Math.max(headOf(userId) ?? 0, catchup.head) });
  }
}

/** Whether so many milliseconds passed before the signal aborted. */
const elapses = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve(false);
    const abort = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve(true);
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
  });

/** Closes a connection whose credential has ended, or whose server goes. */
function bidFarewell(wire: Wire, reason: unknown): void {
  if (wire.gone.aborted) return;
  if (reason instanceof StellarError) return wire.close(syncClose.unauthorized, reason.code);
  send(wire, { t: 'bye', retry_in: Math.round(Math.random() * spreadMs) });
  wire.close(syncClose.restart, 'the server restarts');
}

function closeAfter(error: unknown, { onError }: SocketServices, wire: Wire): void {
  if (!(error instanceof StellarError) || error.status >= 500) {
    onError(error);
    send(wire, { t: 'bye', retry_in: Math.round(1_000 + Math.random() * spreadMs) });
    return wire.close(syncClose.restart, 'a fault of the server');
  }
  send(wire, refusalOf(error, undefined));
  wire.close(closeCodes[error.code] ?? syncClose.badFrame, error.code);
}

const closeCodes: Partial<Record<StellarError['code'], number>> = {
  unauthorized: syncClose.unauthorized,
  account_suspended: syncClose.unauthorized,
  account_closed: syncClose.unauthorized,
  insufficient_scope: syncClose.unauthorized,
  agent_not_allowed: syncClose.unauthorized,
  rate_limited: syncClose.tooMany,
};

const send = (wire: Wire, frame: ServerFrame | ErrorFrame): void =>
  wire.send(JSON.stringify(frame));
