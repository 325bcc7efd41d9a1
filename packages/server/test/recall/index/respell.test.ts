import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import { openNode } from '../../support/memory-service.js';

describeEngines('a misspelt query', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  test('finds what was meant when nothing else is found, and only then', async () => {
    const { memories, index } = openNode(db.database);
    const user = await seedUser(db);
    const store = (content: string) => memories.store(user, StoreRequest.parse({ content }));
    const meant = await store('The elephant lives in the mountains');
    const found = async (q: string) =>
      (await memories.recall(user, { q, limit: 5 })).map((memory) => memory.id);
    expect(await found('montains')).toEqual([meant.id]);
    const misspelt = await store('Montain was written on the wall');
    expect(await found('montains')).toEqual([misspelt.id]);
    expect(await found('xylophone')).toEqual([]);
    await index.close();
  });
});
