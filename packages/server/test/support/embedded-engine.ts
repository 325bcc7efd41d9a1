import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseError } from '../../src/storage/database-error.js';
import {
  type EmbeddedDatabase,
  openEmbeddedDatabase,
} from '../../src/storage/embedded/embedded-database.js';
import type { OwnerConnection } from '../../src/storage/migrate/owner-connection.js';
import { embeddedTemplate } from './embedded-template.js';
import type { OpenOptions, TestStorage } from './engines.js';

let template: Promise<string> | undefined;

/** An embedded database in a data directory of its own, copied from the migrated template. */
export interface EmbeddedCopy {
  readonly dataDir: string;
  readonly database: EmbeddedDatabase;
  /** Opens the directory again, after the database was closed. */
  reopen(): Promise<EmbeddedDatabase>;
  /** Closes what is open and deletes the directory. */
  remove(): Promise<void>;
}

/** Opens a new one, in a temporary directory unless one is given. */
export async function openEmbeddedCopy(
  directory?: string,
  { vectors = false }: OpenOptions = {},
): Promise<EmbeddedCopy> {
  template ??= embeddedTemplate();
  const dataDir = directory ?? (await mkdtemp(join(tmpdir(), 'stellar-embedded-')));
  await cp(await template, dataDir, { recursive: true });
  const database = await openEmbeddedDatabase({ dataDir, vectors });
  let current = database;
  return {
    dataDir,
    database,
    async reopen() {
      current = await openEmbeddedDatabase({ dataDir });
      return current;
    },
    async remove() {
      await current.close();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** A new embedded database for suites that both engines share. */
export async function openEmbedded(options: OpenOptions): Promise<TestStorage> {
  const { database, remove } = await openEmbeddedCopy(undefined, options);
  const owner = lastingOwner(() => database.openOwner());
  return {
    database,
    owner,
    appUrl: undefined,
    rawQuery: (texts) => inOneSession(owner, texts),
    discard: remove,
  };
}

/** An owner who goes on with a new session when a test made the engine restart. */
function lastingOwner(open: () => OwnerConnection): OwnerConnection {
  let owner = open();
  const again = async <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      if (!(error instanceof DatabaseError && error.sqlState === '08006')) throw error;
      owner = open();
      return work();
    });
  return {
    engine: 'embedded',
    exec: (text) => again(() => owner.exec(text)),
    query: (text, values) => again(() => owner.query(text, values)),
    close: () => owner.close(),
  };
}

/** The engine has one session, the owner's; it takes the app's role first. */
async function inOneSession(
  owner: OwnerConnection,
  texts: readonly string[],
): Promise<unknown[][]> {
  try {
    const rows: unknown[][] = [];
    for (const text of texts) rows.push(await owner.query(text));
    return rows;
  } finally {
    await owner.exec('rollback; reset role');
  }
}
