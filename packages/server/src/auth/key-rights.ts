import type { Scope } from '@stellar-memory/protocol';

/** What a key may do, for how long, and as whom. */
export interface KeyRights {
  readonly scopes: readonly Scope[];
  /** `null` never expires. */
  readonly expiresAt: Date | null;
  /** `null` may act as any agent. */
  readonly agentId: string | null;
}

/** In what a key would be wider than the one that is to make or to manage it. */
export type Excess = 'scopes' | 'expiry' | 'agent';

/** What of `wanted` goes beyond `held`: nothing, when a key with `held` may make or manage one with `wanted`. */
export function excessOf(held: KeyRights, wanted: KeyRights): Excess | undefined {
  if (wanted.scopes.some((scope) => !held.scopes.includes(scope))) return 'scopes';
  if (held.agentId !== null && wanted.agentId !== held.agentId) return 'agent';
  if (held.expiresAt === null) return undefined;
  if (wanted.expiresAt === null || wanted.expiresAt > held.expiresAt) return 'expiry';
  return undefined;
}
