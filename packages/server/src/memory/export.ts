import type {
  ExportEnd,
  ExportedLink,
  ExportedMemory,
  ExportedSession,
  ExportedVersion,
  ExportHeader,
  V1Fields,
} from '@stellar-memory/protocol';
import { exportVersion } from '@stellar-memory/protocol';
import { ContentHash, sealLine, sealOf } from '../domain/sealed-line.js';
import { appendAudit } from '../storage/statements/audit-log.js';
import { selectLinksBehind, type WholeLink } from '../storage/statements/memory-links.js';
import {
  type MemorySessionRow,
  selectSessionsBehind,
} from '../storage/statements/memory-sessions.js';
import { selectBehind, type WholeMemory } from '../storage/statements/memory-transfer.js';
import { selectVersionsBehind, type WholeVersion } from '../storage/statements/memory-versions.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import type { TransferService } from './transfer-service.js';

/** Rows read at a time: with contents of 32 KB a page is 7 MB. */
const pageSize = 200;

/**
 * Reads what the tenant has page by page, each in a transaction of its own: a reader who takes hours holds no snapshot,
 * connection or lock meanwhile. Pages go by ids, which never change. Conversations come first, versions and links last:
 * in this order an import finds what they refer to. Round trips: 1 a page.
 */
export const createExport = ({
  tenants,
  clock,
}: Pick<MemoryDependencies, 'tenants' | 'clock'>): TransferService['exportAll'] =>
  async function* (userId, actor) {
    const pagesOf = <Row>(section: Section<Row>) =>
      pages(section, (read) =>
        tenants.withTenant(userId, (tx) => read(tx.ending), { readOnly: true }),
      );
    await tenants.withTenant(userId, (tx) =>
      appendAudit(tx.ending, { action: 'memories.exported', actor, detail: {} }),
    );
    const hash = new ContentHash();
    yield `${headerLine(clock.nowMs())}\n`;
    for await (const page of pagesOf(sessions)) yield linesOf(page, hash);
    let memories = 0;
    for await (const page of pagesOf(wholeMemories)) {
      memories += page.length;
      yield linesOf(page, hash);
    }
    for await (const page of pagesOf(versions)) yield linesOf(page, hash);
    for await (const page of pagesOf(links)) yield linesOf(page, hash);
    yield `${endLine(memories, hash)}\n`;
  };

/** A kind of lines: how the next rows are read, and what is told of each. */
interface Section<Row> {
  readonly select: (tx: TenantTransaction, last: Row | undefined) => Promise<Row[]>;
  readonly exported: (row: Row) => object;
}

const sessions: Section<MemorySessionRow> = {
  select: (tx, last) => selectSessionsBehind(tx, last?.id, pageSize),
  exported: (row) => exportedSession(row),
};
const wholeMemories: Section<WholeMemory> = {
  select: (tx, last) => selectBehind(tx, last?.id, pageSize),
  exported: (row) => exportedMemory(row),
};
const versions: Section<WholeVersion> = {
  select: (tx, last) => selectVersionsBehind(tx, last, pageSize),
  exported: (row) => exportedVersion(row),
};

const links: Section<WholeLink> = {
  select: (tx, last) => selectLinksBehind(tx, last, pageSize),
  exported: (row) => exportedLink(row),
};

/** The pages of a section; none is empty. */
async function* pages<Row>(
  { select, exported }: Section<Row>,
  within: (read: (tx: TenantTransaction) => Promise<Row[]>) => Promise<Row[]>,
): AsyncGenerator<object[]> {
  let last: Row | undefined;
  do {
    const from = last;
    const rows = await within((tx) => select(tx, from));
    if (rows.length > 0) yield rows.map(exported);
    last = rows.length < pageSize ? undefined : rows.at(-1);
  } while (last !== undefined);
}

const headerLine = (nowMs: number): string =>
  sealLine({
    type: 'header',
    format: 'stellar-memory',
    version: exportVersion,
    exported_at: new Date(nowMs).toISOString(),
  } satisfies ExportHeader);

const endLine = (memories: number, hash: ContentHash): string =>
  sealLine({ type: 'end', memories, content_hash: hash.hex } satisfies ExportEnd);

function linesOf(page: readonly object[], hash: ContentHash): string {
  const lines = page.map(sealLine);
  for (const line of lines) hash.add(sealOf(line)!);
  return `${lines.join('\n')}\n`;
}

const exportedSession = (session: MemorySessionRow): ExportedSession => ({
  type: 'session',
  session_id: session.id,
  agent_id: session.agentId,
  started_at: session.startedAt,
  ended_at: session.endedAt,
  memories: session.memories,
  summary: session.summary,
  summary_memory_id: session.summaryMemoryId,
});

const exportedVersion = (version: WholeVersion): ExportedVersion => ({
  type: 'version',
  memory_id: version.memoryId,
  version: version.version,
  content: version.content,
  metadata: version.metadata as ExportedVersion['metadata'],
  importance: version.importance,
  replaced_at: version.replacedAt,
  reason: version.reason,
});

const exportedLink = ({ id, other, noticedAt, ...link }: WholeLink): ExportedLink => ({
  type: 'link',
  memory_id: id,
  other_id: other,
  relation: link.relation,
  similarity: link.similarity,
  noticed_at: noticedAt,
});

function exportedMemory(memory: WholeMemory): ExportedMemory {
  const v1 = v1Fields(memory);
  return {
    type: 'memory',
    id: memory.id,
    content: memory.content,
    metadata: memory.metadata as ExportedMemory['metadata'],
    importance: memory.importance,
    zone: memory.zone,
    score: memory.score,
    recall_count: memory.recallCount,
    last_recalled_at: memory.lastRecalledAt,
    created_at: memory.createdAt,
    updated_at: memory.updatedAt,
    occurred_at: memory.occurredAt,
    agent_id: memory.agentId,
    session_id: memory.sessionId,
    speaker: memory.speaker,
    role: memory.role,
    pinned: memory.pinned,
    ...(Object.keys(v1).length === 0 ? {} : { v1 }),
  };
}

/** Only what differs from what a memory of this version has. */
function v1Fields(memory: WholeMemory): V1Fields {
  const { encrypted, sourceType, sourceUrl, ingestedAt, vectorClock, embedding } = memory;
  return {
    ...(encrypted === true ? { encrypted } : {}),
    ...(sourceType === 'user' ? {} : { source_type: sourceType }),
    ...(sourceUrl === null ? {} : { source_url: sourceUrl }),
    ...(ingestedAt === null ? {} : { ingested_at: ingestedAt }),
    ...(Object.keys(vectorClock ?? {}).length === 0
      ? {}
      : { vector_clock: vectorClock as NonNullable<V1Fields['vector_clock']> }),
    ...(embedding === null ? {} : { embedding: Buffer.from(embedding).toString('base64') }),
  };
}
