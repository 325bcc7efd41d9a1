import type { AuditActor } from '../domain/audit.js';
import type { UserId } from '../domain/ids.js';
import { sealLine } from '../domain/sealed-line.js';
import { selectAccountData, selectForgottenBehind } from '../storage/statements/account-data.js';
import { appendAudit, selectAudit } from '../storage/statements/audit-log.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** Rows of the audit log in one transaction. */
const pageSize = 500;
/** Forgotten memories in one transaction: with 50 versions of 32 KB each they are 16 MB. */
const forgottenPage = 10;

/**
 * What is held about an account, as sealed lines of `{type, data}`: the account, its keys without what opens anything,
 * sessions, purchases, usage, agents, what operators did, forgotten memories that can still be restored, then the audit
 * log, newest first. Memories, conversations and versions are the export's. That it was begun is in the audit log.
 */
export async function* exportAccount(
  tenants: TenantDoor,
  userId: UserId,
  actor: AuditActor,
): AsyncGenerator<string> {
  const rows = await tenants.withTenant(userId, async (tx) => {
    const found = await selectAccountData(tx);
    await appendAudit(tx.ending, { action: 'account.exported', actor, detail: {} });
    return found;
  });
  yield rows.map((row) => `${sealLine(row)}\n`).join('');
  yield* forgottenLines(tenants, userId);
  let before: number | undefined;
  do {
    const from = before;
    const page = await tenants.withTenant(userId, (tx) => selectAudit(tx, from, pageSize), {
      readOnly: true,
    });
    yield page.map((data) => `${sealLine({ type: 'audit', data })}\n`).join('');
    before = page.length < pageSize ? undefined : page.at(-1)?.seq;
  } while (before !== undefined);
  yield `${sealLine({ type: 'end' })}\n`;
}

async function* forgottenLines(tenants: TenantDoor, userId: UserId): AsyncGenerator<string> {
  let after: string | undefined;
  do {
    const from = after;
    const page = await tenants.withTenant(
      userId,
      (tx) => selectForgottenBehind(tx, from, forgottenPage),
      { readOnly: true },
    );
    if (page.length > 0) yield page.map((row) => `${sealLine(row)}\n`).join('');
    const last = page.length < forgottenPage ? undefined : page.at(-1)?.data['memory_id'];
    after = last as string | undefined;
  } while (after !== undefined);
}
