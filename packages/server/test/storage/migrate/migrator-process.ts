import { migrateUp } from '../../../src/storage/migrate/migrate.js';
import { connectPostgresOwner } from '../../../src/storage/migrate/postgres-owner.js';

/** A migrator of its own process, to be killed: URL and options as arguments, progress as lines of JSON. */
const [url = '', options = '{}'] = process.argv.slice(2);
const connection = await connectPostgresOwner(url);
await migrateUp(connection, {
  ...(JSON.parse(options) as object),
  onProgress: (progress) => process.stdout.write(`${JSON.stringify(progress)}\n`),
});
await connection.close();
