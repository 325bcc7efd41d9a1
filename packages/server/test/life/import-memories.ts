import { ExportedMemory } from '@stellar-memory/protocol';
import type { UserId } from '../../src/domain/ids.js';
import type { MemoryDependencies } from '../../src/memory/dependencies.js';
import { createImport } from '../../src/memory/import.js';
import type { ImportedLine } from '../../src/memory/transfer-service.js';

/** A memory of an export, but for its id and what it says. */
const plain = {
  type: 'memory',
  metadata: {},
  importance: 0.5,
  zone: 2,
  score: 0.5,
  recall_count: 0,
  last_recalled_at: null,
  created_at: 1_700_000_000,
  updated_at: 1_700_000_000,
  occurred_at: null,
  agent_id: null,
  session_id: null,
  speaker: null,
  role: null,
  pinned: false,
};

/** Imports memories: what is not said of them is ordinary. */
export const importMemories = (
  dependencies: MemoryDependencies,
  user: UserId,
  memories: readonly { readonly id: string; readonly content: string }[],
) => createImport(dependencies)(user, linesOf(memories));

async function* linesOf(memories: readonly object[]): AsyncGenerator<ImportedLine> {
  for (const [at, memory] of memories.entries())
    yield { line: at + 1, bytes: 1, row: ExportedMemory.parse({ ...plain, ...memory }) };
}
