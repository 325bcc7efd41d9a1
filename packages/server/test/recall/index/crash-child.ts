// A node of its own that dies in the middle of a merge:
// node --import tsx crash-child.ts <step> <user id> <url of Postgres or data directory>
import { userId } from '../../../src/domain/ids.js';
import { defaultMergePolicy } from '../../../src/recall/index/merge-policy.js';
import { mergeTenant } from '../../../src/recall/index/merge-tenant.js';
import { openEmbeddedDatabase } from '../../../src/storage/embedded/embedded-database.js';
import { openPostgresDatabase } from '../../../src/storage/postgres/postgres-database.js';
import { createTenantDoor } from '../../../src/storage/tenant-door.js';

const [step, user, where] = process.argv.slice(2);
const database = where!.startsWith('postgres')
  ? openPostgresDatabase({ url: where! })
  : await openEmbeddedDatabase({ dataDir: where! });
const outcome = await mergeTenant(createTenantDoor(database), userId(user!), {
  policy: { ...defaultMergePolicy, recentDocuments: 10, fanout: 2 },
  encode: () => {
    throw new Error('every memory has an entry');
  },
  onStep: (at) => {
    if (at === step) process.kill(process.pid, 'SIGKILL');
  },
});
process.stdout.write(`${outcome}\n`);
await database.close();
