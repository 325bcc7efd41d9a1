import type { Logger } from 'pino';
import { type AccessWatch, createAccessWatch } from '../auth/access-watch.system.js';
import { createSyncTickets, type SyncTickets } from '../auth/sync-tickets.system.js';
import type { Clock } from '../domain/clock.js';
import type { UpgradeOptions } from '../http/sync-upgrade.js';
import { createAgentLeases } from '../memory/agent-leases.system.js';
import { createChangeFeed } from '../memory/change-feed.js';
import { createReadHeads } from '../memory/heads.system.js';
import { shareFeed } from '../memory/shared-feed.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import { HeadPoll } from '../sync/head-poll.js';
import { LeaseKeeper } from '../sync/lease-keeper.js';
import { SocketMetrics } from '../sync/socket-metrics.js';
import type { ApplyMutation } from '../sync/socket-session.js';
import { createSyncService, type SyncService } from '../sync/sync-service.js';
import { WakeBus } from '../sync/wake-bus.js';
import type { Engine, RemoteWakes } from './engine.js';

/** What follows the change feed. */
export interface Following {
  readonly sync: SyncService;
  /** Told after every commit that changes memories. */
  readonly bus: WakeBus;
  readonly headPoll: HeadPoll;
  readonly access: AccessWatch;
  readonly tickets: SyncTickets;
  readonly keeper: LeaseKeeper;
  /** What sockets are served with. */
  readonly sockets: UpgradeOptions['sockets'];
  /** The channel to the other nodes, where there is one. */
  readonly wakes: RemoteWakes | undefined;
}

interface FollowingParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Mutations that come over a socket. */
  readonly apply: ApplyMutation;
}

/** What follows the change feed, over the two doors. */
export function createFollowing(
  engine: Engine,
  { tenants, system }: { readonly tenants: TenantDoor; readonly system: SystemDoor },
  { clock, logger, apply }: FollowingParts,
): Following {
  const wakes = engine.openWakes?.((wake) => bus.deliver(wake));
  const bus: WakeBus = new WakeBus({
    channel: wakes,
    onError: (err) => logger.warn({ err }, 'wakes were not sent; other nodes poll'),
  });
  const access = createAccessWatch({ system });
  const feed = shareFeed(createChangeFeed({ tenants }));
  const tickets = createSyncTickets({ tenants, system, secret: engine.secret, clock });
  const headPoll = new HeadPoll(bus, createReadHeads({ system }));
  const keeper = new LeaseKeeper({
    leases: createAgentLeases({ tenants, system }),
    bus,
    onError: (err) => logger.warn({ err }, 'leases of agents were not renewed; it is tried again'),
  });
  return {
    sync: createSyncService({ feed, bus, access, tickets }),
    sockets: {
      feed,
      bus,
      access,
      keeper,
      apply,
      metrics: new SocketMetrics(),
      headOf: (userId) => headPoll.headOf(userId),
    },
    tickets,
    keeper,
    access,
    bus,
    wakes,
    headPoll,
  };
}

/** Every writer tells the index of its commit: whoever waits for the tenant's changes is woken by the same word. */
export const wakingAfterCommits = (index: LexicalIndex, bus: WakeBus): LexicalIndex => ({
  encode: (document) => index.encode(document),
  add: (tx, documents) => index.add(tx, documents),
  remove: (tx, docs) => index.remove(tx, docs),
  search: (tx, request) => index.search(tx, request),
  guess: (...question) => index.guess(...question),
  noteChange(userId, memories) {
    index.noteChange(userId, memories);
    bus.wake(userId);
  },
  purge: (userId, until) => index.purge(userId, until),
  close: () => index.close(),
});
