import type { IncomingMessage, Server } from 'node:http';
import { isIPv4 } from 'node:net';
import type { Duplex } from 'node:stream';
import { syncLimits, syncProtocol, syncTicketPrefix } from '@stellar-memory/protocol';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Authenticator, Identity, SessionAuthenticator } from '../auth/identity.js';
import type { SyncTickets } from '../auth/sync-tickets.system.js';
import { StellarError } from '../domain/stellar-error.js';
import { refuseSocket, type SocketServices, serveSocket } from '../sync/socket-session.js';
import { clientAddress } from './client-address.js';
import { rawAnswer } from './client-error.js';
import { presentedKey } from './credentials.js';
import type { FairTurns } from './fair-turns.js';
import { toStellarError } from './problem.js';
import type { RateOptions } from './rate-gate.js';
import type { RequestMetrics } from './request-metrics.js';
import { isOwnOrigin, presentedSession } from './session-cookie.js';
import { WebSocketWire } from './web-socket-wire.js';

const path = '/api/v1/sync';

/** What upgrades need. */
export interface UpgradeOptions {
  readonly sockets: Omit<SocketServices, 'charge' | 'authenticate' | 'onError'>;
  readonly turns: FairTurns;
  readonly tickets: SyncTickets;
  readonly authenticator: Authenticator;
  /** Absent: nobody signs in. */
  readonly sessions?: SessionAuthenticator | undefined;
  readonly publicUrl: string | undefined;
  /** Absent: nobody is limited. */
  readonly rates?: RateOptions | undefined;
  readonly logger: Logger;
  readonly metrics: RequestMetrics;
}

/**
 * Serves WebSockets of `stellar.sync.v1`. Who shows a credential is known before there is a socket: without a good one
 * the upgrade is answered as any request is. Who shows none has one frame to make up for it.
 */
export function acceptSockets(server: Server, options: UpgradeOptions): void {
  const { logger, metrics } = options;
  const webSockets = new WebSocketServer({
    noServer: true,
    // Above the protocol's own limit, so that a frame beyond that is refused by name; beyond this one it is not read.
    maxPayload: 4 * syncLimits.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: () => syncProtocol,
  });
  const servicesFor = (request: IncomingMessage): SocketServices => ({
    ...options.sockets,
    charge: async (identity) => {
      await options.turns.take(identity.userId);
      charge(options, identity);
    },
    async authenticate(key) {
      const identity = await options.authenticator.authenticate(key);
      refuseFromAfar(identity, request);
      return identity;
    },
    onError: (err) => logger.warn({ err }, 'a sync socket met a fault'),
  });
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    // Until the library takes over nobody else listens; a reset must not end the process.
    const lost = (): void => void socket.destroy();
    socket.on('error', lost);
    try {
      const identity = await admit(request, options);
      socket.off('error', lost);
      webSockets.handleUpgrade(request, socket, head, (accepted) => {
        metrics.record('GET', path, 101, 0);
        void serveSocket(servicesFor(request), new WebSocketWire(accepted), identity);
      });
    } catch (error) {
      const refusal = toStellarError(error);
      metrics.record('GET', path, refusal.status, 0);
      if (refusal.status >= 500) logger.warn({ err: error }, 'an upgrade failed');
      socket.end(rawAnswer(refusal));
    }
  };
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
}

/** Who connects; `undefined` for somebody who will say so in his first frame. Errors: as for any request. */
async function admit(
  request: IncomingMessage,
  options: UpgradeOptions,
): Promise<Identity | undefined> {
  refuseOtherRequests(request);
  const identity = await identify(request, options).catch((error: unknown) => {
    if (error instanceof StellarError && error.status < 500) chargeAddress(options, request);
    throw error;
  });
  if (identity === undefined) {
    chargeAddress(options, request);
    return undefined;
  }
  refuseSocket(identity);
  refuseFromAfar(identity, request);
  charge(options, identity);
  return identity;
}

/** Errors: `unauthorized` for the local account anywhere but on this machine. */
function refuseFromAfar({ tier }: Identity, { socket }: IncomingMessage): void {
  if (tier === 'local' && !isLoopback(socket.remoteAddress ?? ''))
    throw new StellarError('unauthorized', {
      detail: 'The local account is for this machine only.',
    });
}

function refuseOtherRequests({ url, method, headers }: IncomingMessage): void {
  const [place, query] = (url ?? '').split('?', 2);
  if (place !== path || method !== 'GET') throw new StellarError('not_found');
  if (query !== undefined && query !== '')
    throw new StellarError('bad_request', {
      detail: 'It takes no parameters; a credential does not belong into an address.',
    });
  if (
    headers.upgrade?.toLowerCase() !== 'websocket' ||
    !protocolsOf(headers).includes(syncProtocol)
  )
    throw new StellarError('bad_request', {
      detail: `Connect as a WebSocket with the subprotocol ${syncProtocol}.`,
    });
}

async function identify(
  { headers }: IncomingMessage,
  { tickets, authenticator, sessions, publicUrl }: UpgradeOptions,
): Promise<Identity | undefined> {
  const offered = protocolsOf(headers).filter((name) => name.startsWith(syncTicketPrefix));
  const sendsKey = headers['x-api-key'] !== undefined || headers.authorization !== undefined;
  if (sendsKey && offered.length > 0)
    throw new StellarError('unauthorized', { detail: 'Two different credentials were sent.' });
  if (sendsKey) return authenticator.authenticate(presentedKey(headers));
  const [ticket] = offered;
  if (ticket !== undefined)
    return tickets.redeem(ticket.slice(syncTicketPrefix.length), headers.origin);
  // From here on a page of another site could be behind it, with a browser that helps.
  if (headers.origin !== undefined && !isOwnOrigin(headers, publicUrl))
    throw new StellarError('unauthorized', {
      detail: 'A page of another origin needs a ticket that was made for it.',
    });
  const session = sessions === undefined ? undefined : presentedSession(headers);
  if (session === undefined) return undefined;
  if (headers.origin === undefined)
    throw new StellarError('unauthorized', {
      detail: 'A session is for browsers, which send Origin.',
    });
  return sessions?.authenticateSession(session);
}

const protocolsOf = (headers: IncomingMessage['headers']): string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

/** Errors: `rate_limited`. */
function charge({ rates }: UpgradeOptions, identity: Identity): void {
  refuse(rates?.limits.ofCaller(identity, 1));
}

function chargeAddress({ rates }: UpgradeOptions, request: IncomingMessage): void {
  if (rates === undefined) return;
  const address = clientAddress({ raw: request, headers: request.headers }, rates.trustedProxies);
  refuse(rates.limits.ofAddress(address));
}

function refuse(verdict: { readonly allowed: boolean; readonly waitMs: number } | undefined): void {
  if (verdict === undefined || verdict.allowed) return;
  throw new StellarError('rate_limited', {
    retryAfterSeconds: Math.max(1, Math.ceil(verdict.waitMs / 1_000)),
  });
}

const isLoopback = (address: string): boolean => {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
};
