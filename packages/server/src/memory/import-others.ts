import type { ExportedLink, ExportedSession, ExportedVersion } from '@stellar-memory/protocol';
import { growthRefused } from '../domain/growth-refused.js';
import { memoryId, type UserId } from '../domain/ids.js';
import { takeLinks, type WholeLink } from '../storage/statements/memory-links.js';
import { type MemorySessionRow, takeSessions } from '../storage/statements/memory-sessions.js';
import { takeVersions, type WholeVersion } from '../storage/statements/memory-versions.js';
import { lockUsage } from '../storage/statements/tenant-usage.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import type { ImportedLine } from './transfer-service.js';

/**
 * Takes conversations, former versions and links in. Under the counter row's lock, as every writer of them. Round trips: 3.
 * Errors: `quota_exceeded` for more conversations than the tier has memories.
 */
export const takeOthers = (
  { tenants, upgradeUrl }: Pick<MemoryDependencies, 'tenants' | 'upgradeUrl'>,
  userId: UserId,
  lines: readonly ImportedLine[],
): Promise<void> =>
  tenants.withTenant(userId, async (tx) => {
    await lockUsage(tx);
    const rows = lines.map(({ row }) => row);
    const sessions = rows.filter((row) => row.type === 'session');
    const versions = rows.filter((row) => row.type === 'version');
    if (sessions.length > 0) await takeWithinTier(tx, sessions.map(sessionOf), upgradeUrl);
    const links = rows.filter((row) => row.type === 'link');
    if (versions.length > 0) await takeVersions(tx, versions.map(versionOf));
    if (links.length > 0) await takeLinks(tx, links.map(linkOf));
  });

async function takeWithinTier(
  tx: TenantTransaction,
  sessions: readonly Omit<MemorySessionRow, 'firstDoc'>[],
  upgradeUrl: string | undefined,
): Promise<void> {
  const { used, limit } = await takeSessions(tx, sessions);
  if (limit === null || used <= limit) return;
  const detail = `This account would hold ${used} conversations; its tier has ${limit} memories.`;
  throw growthRefused({ detail, limit, used: limit, upgradeUrl }, false);
}

const sessionOf = (session: ExportedSession): Omit<MemorySessionRow, 'firstDoc'> => ({
  id: session.session_id,
  agentId: session.agent_id,
  startedAt: session.started_at,
  endedAt: session.ended_at,
  memories: session.memories,
  summary: session.summary,
  summaryMemoryId: session.summary_memory_id,
});

const versionOf = ({
  memory_id,
  version,
  replaced_at,
  ...said
}: ExportedVersion): WholeVersion => ({
  memoryId: memoryId(memory_id),
  version,
  content: said.content,
  metadata: said.metadata,
  importance: said.importance,
  replacedAt: replaced_at,
  reason: said.reason,
});

const linkOf = (link: ExportedLink): WholeLink => ({
  id: memoryId(link.memory_id),
  other: memoryId(link.other_id),
  relation: link.relation,
  similarity: link.similarity,
  noticedAt: link.noticed_at,
});
