import type { AccountStatus, ErrorCode, Tier } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { type Credential, selectLiveAccess } from '../storage/statements/live-access.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { Identity } from './identity.js';

/**
 * Streams, sockets and waiting requests that a tenant may hold open on one node. Each holds memory and a connection;
 * the number of agents is another limit.
 */
const seats: Readonly<Record<Tier, number | null>> = {
  free: 10,
  pro: 50,
  promax: 1_000,
  local: null,
};

/** Who has been let in and stays. */
export interface AccessWatch {
  /**
   * Takes a seat until the signal aborts. The signal that is returned aborts with it, and when the credential no
   * longer holds, with the `StellarError` that a new request with it would meet. Errors: `rate_limited`.
   */
  hold(identity: Identity, signal: AbortSignal): AbortSignal;
  /** Ends everybody, and whoever comes later at once: the server goes. */
  endAll(): void;
  /** Looks whether what is held still holds. Errors: those of the database; the next look makes up for it. */
  run(): Promise<void>;
}

/**
 * Watches the credentials of whoever stays connected: one statement for all of them at each look, whether they were
 * revoked here, on another node, in the database, or have expired.
 */
export function createAccessWatch({ system }: { readonly system: SystemDoor }): AccessWatch {
  const held = new Map<string, { readonly credential: Credential; readonly ends: Set<End> }>();
  const seated = new Map<UserId, number>();
  let closed = false;

  const leave = (id: string, userId: UserId, end: End): void => {
    const entry = held.get(id);
    if (entry?.ends.delete(end) !== true) return;
    if (entry.ends.size === 0) held.delete(id);
    const left = (seated.get(userId) ?? 1) - 1;
    if (left === 0) seated.delete(userId);
    else seated.set(userId, left);
  };

  return {
    hold(identity, signal) {
      const { userId } = identity;
      const taken = seated.get(userId) ?? 0;
      refuseBeyond(seats[identity.tier], taken);
      const id = idOf(identity);
      const entry = held.get(id) ?? { credential: identity, ends: new Set<End>() };
      const ended = new AbortController();
      const end: End = (code) => {
        leave(id, userId, end);
        ended.abort(code === undefined ? signal.reason : new StellarError(code));
      };
      held.set(id, entry);
      entry.ends.add(end);
      seated.set(userId, taken + 1);
      if (closed || signal.aborted) end();
      else signal.addEventListener('abort', () => end(), { once: true });
      return ended.signal;
    },

    endAll() {
      closed = true;
      for (const { ends } of held.values()) for (const end of ends) end();
    },

    async run() {
      const asked = [...held.entries()];
      if (asked.length === 0) return;
      const live = await system.asSystem(
        (tx) =>
          selectLiveAccess(
            tx,
            asked.map(([, { credential }]) => credential),
          ),
        { readOnly: true },
      );
      const status = new Map(live.map((credential) => [credential.id, credential.status]));
      for (const [id, { ends }] of asked) {
        const code = whyEnded(status.get(id));
        if (code !== undefined) for (const end of ends) end(code);
      }
    },
  };
}

/** Without a code: whoever stayed has gone. */
type End = (code?: ErrorCode) => void;

const idOf = ({ apiKeyId, sessionId }: Credential): string => sessionId ?? apiKeyId;

const whyEnded = (status: AccountStatus | undefined): ErrorCode | undefined => {
  if (status === undefined) return 'unauthorized';
  if (status === 'closed') return 'account_closed';
  return status === 'active' ? undefined : 'account_suspended';
};

function refuseBeyond(limit: number | null, taken: number): void {
  if (limit === null || taken < limit) return;
  throw new StellarError('rate_limited', {
    detail: `${limit} streams and waiting requests of this account are open already.`,
    retryAfterSeconds: 30,
  });
}
