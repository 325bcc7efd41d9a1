import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryId, userId } from '../../../src/domain/ids.js';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import type { OwnerConnection } from '../../../src/storage/migrate/owner-connection.js';
import { openPostgresDatabase } from '../../../src/storage/postgres/postgres-database.js';
import { type NewMemory } from '../../../src/storage/statements/memories.js';
import { insertMemories } from '../../../src/storage/statements/store-memories.js';
import { createTenantDoor } from '../../../src/storage/tenant-door.js';
import { hasPostgres } from '../../support/postgres-server.js';
import { verifies } from '../../support/verifies.js';
import {
  asAdmin,
  type OwnerKind,
  type ScratchDatabase,
  scratchDatabase,
} from './scratch-database.js';
import { legacyEmail, seedV1 } from './v1-database.js';
import { startV1, type V1Report } from './v1-program.js';

const rows = 20_000;
const kinds: readonly OwnerKind[] = ['superuser', 'plain owner'];

describe.skipIf(!hasPostgres()).each(kinds)('v1, connected as a %s,', (kind) => {
  let db: ScratchDatabase;
  let owner: OwnerConnection;
  beforeEach(async () => {
    db = await scratchDatabase(kind);
    owner = await db.connect();
    await seedV1(owner, rows);
  });
  afterEach(() => db.drop());

  const behind = <Row extends object>(text: string): Promise<Row[]> =>
    asAdmin(db.adminUrl, async (admin) => (await admin.query<Row>(text)).rows);

  test('writes and reads without an error while the database moves up, back and up again', async () => {
    verifies('NFR-migration', 'F1');
    const v1 = await startV1(db.url, 3, rows);
    await v1.progressed(50);
    const first = await migrateUp(owner, { legacyOwner: legacyEmail });
    await v1.progressed(100);
    expect(await behind(whatIsWrong)).toEqual([]);
    await migrateDown(owner, { to: 0 });
    await v1.progressed(100);
    await migrateUp(owner);
    await v1.progressed(100);
    const report = await v1.stop();
    print(kind, report);
    expect(report.errors).toEqual([]);
    expect(first.waiting).toEqual(['007_end_legacy_window']);
    expect(await behind(whatIsWrong)).toEqual([]);
    await migrateUp(owner, { endLegacy: true });
    expect(await behind(whatIsWrong)).toEqual([]);
  });

  test('shares the legacy owner’s memories with today’s server, which counts its writes', async () => {
    await migrateUp(owner, { legacyOwner: legacyEmail });
    const v1 = await startV1(db.url, 2, rows);
    await v1.progressed(200);
    expect((await v1.stop()).errors).toEqual([]);
    const rows0 = await owner.query<{ seen: number }>('select count(*)::int as seen from memories');
    expect(rows0).toEqual(await behind('select count(*)::int as seen from memories'));
    const [usage] = await behind<{ version: string }>(
      `select version from tenant_usage join users on id = user_id where email = '${legacyEmail}'`,
    );
    expect(Number(usage?.version)).toBeGreaterThan(100);
  });

  test('and today’s server store side by side for the legacy owner, without a deadlock', async () => {
    await migrateUp(owner, { legacyOwner: legacyEmail });
    const database = openPostgresDatabase({ url: db.adminUrl });
    const [founder] = await behind<{ id: string }>(
      `select id from users where email = '${legacyEmail}'`,
    );
    const v1 = await startV1(db.url, 2, rows);
    try {
      const tenants = createTenantDoor(database);
      const store = (n: number) =>
        tenants.withTenant(userId(founder?.id ?? ''), (tx) => insertMemories(tx, [memory(n)]));
      for (let n = 0; n < 200; n += 4)
        await Promise.all([store(n), store(n + 1), store(n + 2), store(n + 3)]);
    } finally {
      expect((await v1.stop()).errors).toEqual([]);
      await database.close();
    }
    expect(await behind(whatIsWrong)).toEqual([]);
  });

  test('never sees another tenant’s memory, because nobody else stores until it is gone', async () => {
    verifies('NFR-isolation', 'NFR-rls');
    await migrateUp(owner, { legacyOwner: legacyEmail });
    const [free] = await behind<{ id: string }>(
      `select id from users where email = 'free@example.com'`,
    );
    const database = openPostgresDatabase({ url: db.adminUrl });
    try {
      const tenants = createTenantDoor(database);
      const store = tenants.withTenant(userId(free?.id ?? ''), (tx) =>
        insertMemories(tx, [memory(1)]),
      );
      await expect(store).rejects.toMatchObject({
        code: 'unavailable',
        details: { retryAfterSeconds: 60 },
      });
    } finally {
      await database.close();
    }
  });

  test('is shut out once the window is closed', async () => {
    await migrateUp(owner, { legacyOwner: legacyEmail, endLegacy: true });
    const store = owner.exec(
      `insert into memories (id, content, created_at, last_recalled_at) values ('late', 'x', 1, 1)`,
    );
    // No owner by default for a superuser, no policy for anybody else.
    const sqlState = kind === 'superuser' ? '23502' : '42501';
    await expect(store).rejects.toMatchObject({ sqlState });
  });
});

const memory = (n: number): NewMemory => ({
  id: memoryId(`today-${n}`),
  content: 'stored by today’s server',
  metadata: {},
  importance: 0.5,
  zone: 2,
  score: 0.4,
  createdAt: 1_900_000_000 + n,
  occurredAt: null,
  agentId: null,
  sessionId: null,
  speaker: null,
  role: null,
  pinned: false,
  entry: new Uint8Array([1]),
});

const print = (kind: OwnerKind, { writes, reads, errors, worst }: V1Report): void =>
  void process.stdout.write(
    `v1 as ${kind}: ${writes} writes, ${reads} reads, ${errors.length} errors, worst ${worst.ms.toFixed(0)} ms (${worst.what})\n`,
  );

/** Everything that must hold of rows at any moment, as rows that break it. */
const whatIsWrong = `
  select 'owner' as what, count(*)::int as rows from memories m
   where m.user_id <> (select legacy_owner from legacy_adoption) having count(*) > 0
  union all
  select 'number', count(*)::int from (select from memories group by user_id, doc having count(*) > 1) as twins
   having count(*) > 0
  union all
  select 'counter', count(*)::int from tenant_usage u left join (
    select user_id, max(doc) as doc, count(*) filter (where zone = 0) as z0, count(*) filter (where zone = 1) as z1,
           count(*) filter (where zone = 2) as z2, count(*) filter (where zone = 3) as z3,
           count(*) filter (where zone = 4) as z4
      from memories group by user_id) as m using (user_id)
   where (zone_0, zone_1, zone_2, zone_3, zone_4)
         <> (coalesce(z0, 0), coalesce(z1, 0), coalesce(z2, 0), coalesce(z3, 0), coalesce(z4, 0))
      or next_doc <= doc
   having count(*) > 0
  union all
  select 'tier', count(*)::int from users where tier = 'team' having count(*) > 0
  union all
  select 'account without a counter', count(*)::int from users
   where not exists (select from tenant_usage where user_id = id) having count(*) > 0
  union all
  select 'limit', count(*)::int from users join tenant_usage on user_id = id
   where tier = 'promax' and memory_limit <> 500000 having count(*) > 0
  union all
  select 'half filled', count(*)::int from memories where updated_at is null or doc is null having count(*) > 0`;
