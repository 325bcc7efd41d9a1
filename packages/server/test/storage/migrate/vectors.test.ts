import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { MigrationError } from '../../../src/storage/migrate/migration-error.js';
import { ensureVectors } from '../../../src/storage/migrate/vectors.js';
import { catalogueRules } from '../../isolation/catalogue-rules.js';
import {
  addSpace,
  openVectors,
  type VectorDatabase,
  wordsVector,
} from '../../recall/vectors/open-vectors.js';
import { describeEngines, seedUser } from '../../support/engines.js';
import { openNode } from '../../support/memory-service.js';
import { insufficientPrivilege, outcome } from '../../support/sql-state.js';
import { verifies } from '../../support/verifies.js';

describeEngines('tables of vectors', (engine) => {
  let db: VectorDatabase;
  let there: VectorDatabase | undefined;
  beforeAll(async () => {
    there = await openVectors(engine);
    if (there !== undefined) db = there;
  });
  afterAll(() => there?.close());
  beforeEach((context) => {
    if (there === undefined) context.skip();
  });

  const vectorOf = (id: string, doc: number): string =>
    `insert into memory_vectors (user_id, memory_id, space, doc, embedding)
     values (current_setting('app.current_user_id')::uuid, '${id}', ${db.space}, ${doc}, '[${wordsVector(id).join()}]')`;

  describe('obey every rule of tenancy', () => {
    verifies('NFR-rls');
    for (const [rule, query] of Object.entries(catalogueRules))
      test(rule, async () => {
        expect(await db.owner.query(query)).toEqual([]);
      });

    test('and each partition is behind row security too', async () => {
      const partitions = await db.owner.query<{ walled: boolean }>(
        `select relrowsecurity and relforcerowsecurity as walled from pg_class
          where relispartition and relkind = 'r' and relname like 'memory_vectors_%'`,
      );
      expect(partitions).toHaveLength(64);
      expect(partitions.every(({ walled }) => walled)).toBe(true);
    });

    test('one tenant neither sees nor writes vectors of another', async () => {
      const { memories } = openNode(db.database);
      const [mine, other] = [await seedUser(db), await seedUser(db)];
      const { id } = await memories.store(mine, StoreRequest.parse({ content: 'mine' }));
      await db.asApp(vectorOf(id, 0), mine);
      const all = 'select memory_id from memory_vectors';
      expect(await db.asApp(all, mine)).toEqual([{ memory_id: id }]);
      expect(await db.asApp(all, other)).toEqual([]);
      expect(await db.asApp(all)).toEqual([]);
      const foreign = vectorOf(id, 0).replace(
        `current_setting('app.current_user_id')::uuid`,
        `'${mine}'`,
      );
      // In his own name the memory is not there, in another's the row is refused.
      expect(await outcome(db.asApp(vectorOf(id, 0), other))).toBe('23503');
      expect(await outcome(db.asApp(foreign, other))).toBe(insufficientPrivilege);
      const past = db.asApp('select from memory_vectors_0', mine);
      expect(await outcome(past)).toBe(insufficientPrivilege);
    });
  });

  test('are made once, with one space a model', async () => {
    expect(await addSpace(db, 'small')).toBe(db.space);
    expect(await addSpace(db, 'large')).not.toBe(db.space);
  });

  test('go when migrations that they stand on are taken back, and come again', async () => {
    const fresh = (await openVectors(engine))!;
    try {
      const { memories } = openNode(fresh.database);
      const user = await seedUser(fresh);
      const { id } = await memories.store(user, StoreRequest.parse({ content: 'kept' }));
      await fresh.asApp(vectorOf(id, 0), user);
      await migrateDown(fresh.owner, { to: 1 });
      await migrateUp(fresh.owner);
      await addSpace(fresh, 'small');
      expect(await fresh.owner.query('select content from memories')).toEqual([
        { content: 'kept' },
      ]);
      expect(await fresh.owner.query('select from memory_vectors')).toEqual([]);
    } finally {
      await fresh.close();
    }
  });
});

describeEngines('a database without pgvector', (engine) => {
  test('serves all the same, and says what an embedder would need', async (context) => {
    const db = await engine.open();
    try {
      const extension = await db.owner.query(
        `select from pg_available_extensions where name = 'vector'`,
      );
      context.skip(extension.length > 0);
      const { memories } = openNode(db.database);
      await memories.store(await seedUser(db), StoreRequest.parse({ content: 'stored' }));
      const ensured = ensureVectors(db.owner, { model: 'small', dimensions: 3 });
      await expect(ensured).rejects.toThrow(MigrationError);
      await expect(ensured).rejects.toThrow('has no pgvector');
    } finally {
      await db.close();
    }
  });
});
