import type { AuditChain, AuditQuery, AuditResponse } from '@stellar-memory/protocol';
import type { AuditActor } from '../domain/audit.js';
import type { UserId } from '../domain/ids.js';
import { selectAudit, verifyOwnChain } from '../storage/statements/audit-log.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import { exportAccount } from './account-export.js';

/** What happened to one's own account, and what is held about it. */
export interface AuditService {
  /** Newest first. */
  list(userId: UserId, query: AuditQuery): Promise<AuditResponse>;
  /** Whether every row is as it was written. */
  chain(userId: UserId): Promise<AuditChain>;
  /** Everything that is held about the account, as sealed lines. */
  exportAccount(userId: UserId, actor: AuditActor): AsyncIterable<string>;
}

/** Reads the audit log through the tenant door. */
export const createAuditService = (tenants: TenantDoor): AuditService => ({
  async list(userId, { limit, before }) {
    const rows = await tenants.withTenant(userId, (tx) => selectAudit(tx, before, limit + 1), {
      readOnly: true,
    });
    const page = rows.slice(0, limit);
    return {
      items: page.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })),
      next_before: rows.length > limit ? page.at(-1)!.seq : null,
    };
  },
  exportAccount: (userId, actor) => exportAccount(tenants, userId, actor),
  async chain(userId) {
    const { brokenAt, ...found } = await tenants.withTenant(userId, verifyOwnChain, {
      readOnly: true,
    });
    return { ...found, broken_at: brokenAt };
  },
});
