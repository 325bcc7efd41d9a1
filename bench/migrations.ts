// npx tsx --conditions=stellar:source bench/migrations.ts [--rows 300000] [--clients 3] [--pg <superuser url>]
// Adopts a v1 database while v1 goes on writing: time of each step, and v1's worst stall during it.
import { parseArgs } from 'node:util';
import { migrateDown, migrateUp } from '../packages/server/src/storage/migrate/migrate.js';
import type { OwnerConnection } from '../packages/server/src/storage/migrate/owner-connection.js';
import { connectPostgresOwner } from '../packages/server/src/storage/migrate/postgres-owner.js';
import type { MigrationProgress } from '../packages/server/src/storage/migrate/progress.js';
import { legacyEmail, seedV1 } from '../packages/server/test/storage/migrate/v1-database.js';
import { startV1, type V1Program } from '../packages/server/test/storage/migrate/v1-program.js';
import { startPostgres } from '../scripts/postgres.mjs';
import { createDatabase } from './harness/database.js';
import { line, machine } from './harness/report.js';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '300000' },
    clients: { type: 'string', default: '3' },
    pg: { type: 'string' },
  },
});
const rows = Number(values.rows);

line(machine());
const postgres = values.pg === undefined ? await startPostgres() : undefined;
try {
  await bench(values.pg ?? postgres!.url);
} finally {
  await postgres?.stop();
}

async function bench(superuserUrl: string): Promise<void> {
  const database = await createDatabase(superuserUrl);
  const owner = await connectPostgresOwner(database.ownerUrl);
  try {
    await seedV1(owner, rows);
    const v1 = await startV1(database.ownerUrl, Number(values.clients), rows);
    try {
      await migrateBeside(v1, owner);
    } finally {
      const report = await v1.stop();
      line(`\n${report.writes} writes, ${report.reads} reads, ${report.errors.length} errors`);
    }
  } finally {
    await owner.close();
    await database.drop();
  }
}

async function migrateBeside(v1: V1Program, owner: OwnerConnection): Promise<void> {
  await v1.progressed(500);
  line(
    `\n${rows} memories, v1 writing on ${values.clients} connections; before: worst ${v1.takeWorst()}`,
  );
  await migrateUp(owner, { legacyOwner: legacyEmail, onProgress: table(v1) });
  line('\nand back');
  await migrateDown(owner, { to: 0, onProgress: table(v1) });
}

/** A line a step: how long it took and the slowest statement of v1 that ended meanwhile. */
function table(v1: V1Program): (progress: MigrationProgress) => void {
  let from = performance.now();
  let waits = 0;
  return (progress) => {
    if (progress.event === 'step') {
      from = performance.now();
      waits = 0;
    }
    if (progress.event === 'waiting-for-a-lock') waits += 1;
    if (progress.event !== 'step-done') return;
    const ms = (performance.now() - from).toFixed(0).padStart(7);
    const patience = waits === 0 ? '' : `, stepped back ${waits} times`;
    line(`${ms} ms  ${progress.name} ${progress.title}${patience}; v1: ${v1.takeWorst()}`);
  };
}
