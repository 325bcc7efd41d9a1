import { z } from 'zod';
import { versionReasons } from './life.js';
import {
  agentId,
  content,
  epochSeconds,
  importance,
  memoryIdParameter,
  score,
  sessionId,
  zone,
} from './memory.js';
import { metadata } from './metadata.js';
import { label, storableText } from './text.js';

/** Version of the lines of an export. A reader refuses versions that it does not know. */
export const exportVersion = 1;

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 of the line without this member');

/** The first line of an export. */
export const ExportHeader = z.strictObject({
  type: z.literal('header'),
  format: z.literal('stellar-memory'),
  version: z.literal(exportVersion),
  exported_at: z.iso.datetime(),
  sha256: sha256.optional(),
});
export type ExportHeader = z.output<typeof ExportHeader>;

/** Columns of v1 that this version keeps but does not use; those that say nothing are left out. */
const V1Fields = z.strictObject({
  encrypted: z.boolean().optional(),
  source_type: storableText.max(1_000).nullable().optional(),
  source_url: storableText.max(10_000).nullable().optional(),
  ingested_at: z.number().optional(),
  vector_clock: metadata.optional(),
  embedding: z.base64().max(200_000).optional(),
});
export type V1Fields = z.output<typeof V1Fields>;

/** One memory, whole. Importing it makes the same memory again: its id, zone, score, recalls and times. */
export const ExportedMemory = z
  .strictObject({
    type: z.literal('memory'),
    id: memoryIdParameter,
    content,
    metadata,
    importance,
    zone,
    score,
    recall_count: z.int().min(0).max(2_147_483_647),
    last_recalled_at: epochSeconds.nullable(),
    created_at: epochSeconds,
    updated_at: epochSeconds,
    occurred_at: epochSeconds.nullable(),
    agent_id: label.nullable(),
    session_id: label.nullable(),
    speaker: label.nullable(),
    role: label.nullable(),
    pinned: z.boolean(),
    v1: V1Fields.optional(),
    sha256: sha256.optional(),
  })
  .refine((memory) => (memory.recall_count === 0) === (memory.last_recalled_at === null), {
    message: 'must be there when the memory was recalled, and null when it was not',
    path: ['last_recalled_at'],
  });
export type ExportedMemory = z.output<typeof ExportedMemory>;

/** A conversation. Importing one that is there already leaves it as it is. */
export const ExportedSession = z.strictObject({
  type: z.literal('session'),
  session_id: sessionId,
  agent_id: agentId.nullable(),
  started_at: epochSeconds,
  ended_at: epochSeconds.nullable(),
  memories: z.int().min(0).max(2_147_483_647).nullable(),
  summary: storableText.max(1_000).nullable(),
  summary_memory_id: memoryIdParameter.nullable(),
  sha256: sha256.optional(),
});
export type ExportedSession = z.output<typeof ExportedSession>;

/** What a memory said before it was edited. Importing it needs the memory. */
export const ExportedVersion = z.strictObject({
  type: z.literal('version'),
  memory_id: memoryIdParameter,
  version: z.int().min(1).max(1_000_000_000),
  content,
  metadata,
  importance,
  replaced_at: epochSeconds,
  reason: z.enum(versionReasons),
  sha256: sha256.optional(),
});
export type ExportedVersion = z.output<typeof ExportedVersion>;

/** How two memories stand to each other, as it was noticed. Importing it needs both. */
export const ExportedLink = z.strictObject({
  type: z.literal('link'),
  memory_id: memoryIdParameter.describe('Of the two, the later one'),
  other_id: memoryIdParameter,
  relation: z.enum(['near', 'contradicts']),
  similarity: z.number().min(0).max(1),
  noticed_at: epochSeconds,
  sha256: sha256.optional(),
});
export type ExportedLink = z.output<typeof ExportedLink>;

/** The last line of an export: without it the file is cut off. */
export const ExportEnd = z.strictObject({
  type: z.literal('end'),
  memories: z.int().min(0),
  content_hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe(
      'Sum of the SHA-256 of the lines between header and end, modulo 2^256: whatever their order',
    ),
  sha256: sha256.optional(),
});
export type ExportEnd = z.output<typeof ExportEnd>;

/** Any line of an export. */
export const ExportLine = z.discriminatedUnion('type', [
  ExportHeader,
  ExportedSession,
  ExportedMemory,
  ExportedVersion,
  ExportedLink,
  ExportEnd,
]);
export type ExportLine = z.output<typeof ExportLine>;

/** `POST /api/v1/import` */
export const ImportResponse = z.strictObject({
  memories: z.int().min(0).describe('Memories that were sent'),
  stored: z.int().min(0).describe('Of them, those that are new'),
  existing: z
    .int()
    .min(0)
    .describe('Of them, those that were there already; they stay as they are'),
});
export type ImportResponse = z.output<typeof ImportResponse>;
