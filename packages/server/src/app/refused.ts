import { StartRefused } from '../config/start-refused.js';
import { StellarError } from '../domain/stellar-error.js';
import { DatabaseError } from '../storage/database-error.js';
import { DirectoryInUse } from '../storage/embedded/directory-lock.js';
import { MigrationError } from '../storage/migrate/migration-error.js';

/** A database and the variable that names it. */
export interface NamedDatabase {
  readonly name: 'DATABASE_URL' | 'DATABASE_DIRECT_URL';
  readonly url: string;
}

/** What stops a command, in words for the operator where we know them; everything else as it is. */
export function refused(error: unknown, database?: NamedDatabase): unknown {
  if (error instanceof DirectoryInUse || error instanceof MigrationError)
    return new StartRefused(error.message.split('\n'), error);
  if (database !== undefined && (error instanceof DatabaseError || error instanceof StellarError))
    return new StartRefused([databaseProblem(error, database)], error);
  return fileProblem(error) ?? error;
}

/** SQLSTATEs of a role that does not exist, or that the login may not become. */
const roleStates = new Set(['22023', '42704', '42501']);

function databaseProblem(
  error: DatabaseError | StellarError,
  { name, url }: NamedDatabase,
): string {
  const reason = reasonOf(error);
  if (error instanceof DatabaseError && roleStates.has(error.sqlState))
    return `${name} works, but its login is not set up (${reason}). Run: stellar-memory migrate up`;
  const { hostname, port, pathname } = new URL(url);
  const where = `${hostname}:${port || '5432'}${pathname}`;
  return `The Postgres of ${name} (${where}) cannot be used: ${reason}. Check that it runs and that ${name} is right.`;
}

/** The first cause in words; a connection that no address answered has no words of its own. */
function reasonOf(error: unknown): string {
  const { cause, message, code } = error as { cause?: unknown; message?: string; code?: string };
  if (cause !== undefined) return reasonOf(cause);
  return message || code || String(error);
}

function fileProblem(error: unknown): StartRefused | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  const elsewhere = 'choose another data folder with STELLAR_DATA_DIR';
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new StartRefused(
        [`${path} cannot be written. Change its owner, or ${elsewhere}.`],
        error,
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new StartRefused([`${path} is no folder. Remove it, or ${elsewhere}.`], error);
    case 'ENOSPC':
      return new StartRefused([`The disk is full. Make room, or ${elsewhere}.`], error);
    default:
      return undefined;
  }
}
