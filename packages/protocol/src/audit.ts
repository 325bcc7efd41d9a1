import { z } from 'zod';
import { fromDigits, integer, pageLimit } from './memory.js';

/** What is recorded of an account. */
export const auditActions = [
  'account.created',
  'session.started',
  'session.ended',
  'key.created',
  'key.rotated',
  'key.revoked',
  'account.tier',
  'memories.exported',
  'memories.imported',
  'memories.forgotten',
  'account.exported',
  'erasure.requested',
  'erasure.undone',
  'settings.changed',
  'user.key',
  'user.tier',
  'user.status',
] as const;
export type AuditAction = (typeof auditActions)[number];

const moment = z.iso.datetime().describe('ISO 8601, UTC');

/** `GET /auth/audit`: newest first. */
export const AuditQuery = z.strictObject({
  limit: pageLimit(50),
  before: z
    .preprocess(fromDigits, integer(1, 999_999_999))
    .optional()
    .describe('Rows before this number'),
});
export type AuditQuery = z.output<typeof AuditQuery>;

/** Something that happened to the account. */
export const AuditItem = z.strictObject({
  seq: z.int().min(1).describe('From 1, without gaps'),
  at: moment,
  action: z.string(),
  actor: z.string().describe('`owner`, `key:<id>`, `operator` or `system`'),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string().describe('Hex SHA-256 over this row and the hash before it'),
});
export type AuditItem = z.output<typeof AuditItem>;

export const AuditResponse = z.strictObject({
  items: z.array(AuditItem),
  next_before: z.int().nullable().describe('`before` of the next page; `null` on the last one'),
});
export type AuditResponse = z.output<typeof AuditResponse>;

/** `GET /auth/audit/chain` */
export const AuditChain = z.strictObject({
  rows: z.int().min(0),
  broken_at: z
    .int()
    .nullable()
    .describe('First row that is not as it was written; `null` when all are'),
  head: z.string().nullable().describe('Hash of the last row: note it, and compare it later'),
});
export type AuditChain = z.output<typeof AuditChain>;
