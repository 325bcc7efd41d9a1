#!/usr/bin/env node
// Writes packages/server/migrations/schema.sql, what a fresh database looks like: npm run schema.
// With --check it writes nothing and fails when the file is not what the migrations make.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { openEmbeddedDatabase } from '../packages/server/src/storage/embedded/embedded-database.ts';
import { migrateUp } from '../packages/server/src/storage/migrate/migrate.ts';
import { migrationsFolder } from '../packages/server/src/storage/migrate/migration-files.ts';
import { dumpSchema } from '../packages/server/src/storage/migrate/schema-dump.ts';

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    file: { type: 'string', default: join(migrationsFolder, 'schema.sql') },
  },
});

const head = `-- What the migrations make of an empty database: written by \`npm run schema\`, held to by \`npm run check:schema\`.
-- To read and to review, not to run. The owner's own rights are left out.

`;

/** A fresh database on the embedded engine; tests hold Postgres to the same text. */
async function freshSchema() {
  const dataDir = await mkdtemp(join(tmpdir(), 'stellar-schema-'));
  try {
    const database = await openEmbeddedDatabase({ dataDir });
    try {
      const owner = database.openOwner();
      await migrateUp(owner);
      const text = await dumpSchema(owner);
      await owner.close();
      return head + text;
    } finally {
      await database.close();
    }
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

const schema = await freshSchema();
if (!values.check) {
  await writeFile(values.file, schema);
} else if (schema !== (await readFile(values.file, 'utf8'))) {
  console.error('migrations/schema.sql is not what the migrations make. Run: npm run schema');
  process.exitCode = 1;
}
