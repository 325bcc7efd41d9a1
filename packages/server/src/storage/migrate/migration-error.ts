import { DatabaseError } from '../database-error.js';

/** A migration that cannot go on, in words for the operator: what is wrong and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** What the database said, with its detail and hint: the operator needs them, a client never sees them. */
export function databaseWords(error: unknown): string {
  const cause = error instanceof DatabaseError ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const { detail, hint } = cause as { detail?: string; hint?: string };
  return [cause.message, detail, hint].filter(Boolean).join(' ');
}

/** SQLSTATE of what the database sent, whether or not it was put into words. */
export function sqlStateOf(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.sqlState;
  return error instanceof MigrationError ? sqlStateOf(error.cause) : undefined;
}

/** Whether the session went away, so that there is nothing left to clean up: connection or server lost. */
export const isSessionLost = (error: unknown): boolean => /^(08|57P)/.test(sqlStateOf(error) ?? '');
