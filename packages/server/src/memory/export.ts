import type { ExportEnd, ExportedMemory, ExportHeader, V1Fields } from '@stellar-memory/protocol';
import { exportVersion } from '@stellar-memory/protocol';
import { ContentHash, sealLine, sealOf } from '../domain/sealed-line.js';
import { appendAudit } from '../storage/statements/audit-log.js';
import { selectBehind, type WholeMemory } from '../storage/statements/memory-transfer.js';
import type { MemoryDependencies } from './dependencies.js';
import type { TransferService } from './transfer-service.js';

/** Memories read at a time: with contents of 32 KB a page is 7 MB. */
const pageSize = 200;

/**
 * Reads the tenant's memories page by page, each in a transaction of its own: a reader who takes hours holds no
 * snapshot, connection or lock meanwhile. Pages go by id, which never changes. Round trips: 1 a page.
 */
export const createExport = ({
  tenants,
  clock,
}: Pick<MemoryDependencies, 'tenants' | 'clock'>): TransferService['exportAll'] =>
  async function* (userId, actor) {
    await tenants.withTenant(userId, (tx) =>
      appendAudit(tx.ending, { action: 'memories.exported', actor, detail: {} }),
    );
    const hash = new ContentHash();
    yield `${headerLine(clock.nowMs())}\n`;
    let after: string | undefined;
    do {
      const from = after;
      const page = await tenants.withTenant(
        userId,
        (tx) => selectBehind(tx.ending, from, pageSize),
        {
          readOnly: true,
        },
      );
      yield page.map((memory) => `${memoryLine(memory, hash)}\n`).join('');
      after = page.length < pageSize ? undefined : page.at(-1)?.id;
    } while (after !== undefined);
    yield `${endLine(hash)}\n`;
  };

const headerLine = (nowMs: number): string =>
  sealLine({
    type: 'header',
    format: 'stellar-memory',
    version: exportVersion,
    exported_at: new Date(nowMs).toISOString(),
  } satisfies ExportHeader);

const endLine = (hash: ContentHash): string =>
  sealLine({ type: 'end', memories: hash.lines, content_hash: hash.hex } satisfies ExportEnd);

function memoryLine(memory: WholeMemory, hash: ContentHash): string {
  const line = sealLine(exported(memory));
  hash.add(sealOf(line)!);
  return line;
}

function exported(memory: WholeMemory): ExportedMemory {
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
