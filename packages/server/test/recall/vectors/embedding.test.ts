import { PatchRequest, StoreRequest } from '@stellar-memory/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { memoryId, type UserId } from '../../../src/domain/ids.js';
import type { Embedder } from '../../../src/recall/embedders/embedder.js';
import { createHttpEmbedder } from '../../../src/recall/embedders/http-embedder.js';
import { BackgroundEmbedding } from '../../../src/recall/vectors/background-embedding.js';
import {
  type EmbedContext,
  type EmbedStep,
  embedNext,
} from '../../../src/recall/vectors/embed-tenant.js';
import { indexWithVectors } from '../../../src/recall/vectors/index-with-vectors.js';
import {
  selectBacklog,
  selectTenantsBehind,
} from '../../../src/storage/statements/vector-progress.system.js';
import { describeEngines, seedUser } from '../../support/engines.js';
import { openNode, type TestNode } from '../../support/memory-service.js';
import { fail, type Provider, startProvider } from '../embedders/provider.js';
import { dimensions, openVectors, type VectorDatabase, wordsVector } from './open-vectors.js';

describeEngines('embedding in the background', (engine) => {
  let db: VectorDatabase;
  let there: VectorDatabase | undefined;
  let node: TestNode;
  let provider: Provider;
  let user: UserId;

  beforeAll(async () => {
    there = await openVectors(engine);
    if (there === undefined) return;
    db = there;
    node = openNode(db.database);
  });
  afterAll(() => there?.close());
  beforeEach(async (context) => {
    if (there === undefined) return context.skip();
    provider = await startProvider(wordsVector);
    user = await seedUser(db);
  });
  afterEach(() => (there === undefined ? undefined : provider.close()));

  const embedder = (): Embedder =>
    createHttpEmbedder({
      url: provider.url,
      model: 'small',
      dimensions,
      sendDimensions: false,
      firstPauseMs: 1,
    });
  const contextOf = (onStep?: EmbedContext['onStep']): EmbedContext => ({
    tenants: db.tenants,
    embedder: embedder(),
    space: db.space,
    patience: { timeoutMs: 5_000, attempts: 1 },
    ...(onStep === undefined ? {} : { onStep }),
  });
  const errors: unknown[] = [];
  const background = (): BackgroundEmbedding =>
    new BackgroundEmbedding({
      next: (userId) => embedNext(contextOf(), userId),
      behind: (after, limit) =>
        db.system.asSystem((tx) => selectTenantsBehind(tx, db.space, after, limit)),
      onError: (error) => errors.push(error),
      firstPauseMs: 1,
    });
  const store = async (content: string): Promise<string> =>
    (await node.memories.store(user, StoreRequest.parse({ content }))).id;
  const storeMany = (count: number): Promise<unknown> =>
    node.memories.storeBatch(
      user,
      Array.from({ length: count }, (_, n) => StoreRequest.parse({ content: `memory ${n}` })),
    );
  /** Memories with the vector of their present text. */
  const embedded = async (): Promise<string[]> => {
    const rows = await db.owner.query<{ content: string }>(
      `select m.content from memories m
         join memory_vectors v on v.user_id = m.user_id and v.memory_id = m.id and v.doc = m.doc
        where m.user_id = $1 order by m.doc`,
      [user],
    );
    return rows.map(({ content }) => content);
  };
  const vectors = async (): Promise<number> => {
    const [row] = await db.owner.query<{ n: number }>(
      'select count(*)::int4 as n from memory_vectors where user_id = $1',
      [user],
    );
    return row!.n;
  };
  const behind = (): Promise<UserId[]> =>
    db.system.asSystem((tx) => selectTenantsBehind(tx, db.space, undefined, 1_000));

  test('gives every memory its vector, whoever stored it and whenever', async () => {
    await storeMany(150);
    const other = await seedUser(db);
    await node.memories.store(other, StoreRequest.parse({ content: 'of another' }));
    const work = background();
    await work.sweep();
    await work.idle();
    expect(await embedded()).toHaveLength(150);
    expect(work.tally.embedded).toBeGreaterThanOrEqual(151);
    expect(await behind()).toEqual([]);
    await store('one more');
    expect(await behind()).toEqual([user]);
    work.request(user);
    await work.idle();
    expect(await vectors()).toBe(151);
    await work.close();
  });

  test('loses nothing while the provider is down, and stores are acknowledged meanwhile', async () => {
    await store('before');
    provider.script.push(fail(503), fail(500), (_, response) => response.destroy(), fail(429));
    const work = background();
    work.request(user);
    await store('while it is down');
    await work.idle();
    expect(await embedded()).toContain('before');
    work.request(user);
    await work.idle();
    expect(await embedded()).toEqual(['before', 'while it is down']);
    expect(work.tally.failed).toBe(4);
    expect(errors.length).toBeGreaterThanOrEqual(4);
    await work.close();
  });

  test.each<EmbedStep>(['claimed', 'embedded', 'written'])(
    'a node that dies when a batch is %s loses nothing',
    async (fatal) => {
      await storeMany(70);
      const dying = contextOf((step) => {
        if (step === fatal) throw new Error('the node died');
      });
      await expect(embedNext(dying, user)).rejects.toThrow('died');
      // Its claim runs out.
      await db.owner.query(
        `update vector_progress set claimed_until = now() - interval '1 second' where user_id = $1`,
        [user],
      );
      const work = background();
      await work.sweep();
      await work.idle();
      expect(await embedded()).toHaveLength(70);
      expect(await vectors()).toBe(70);
      await work.close();
    },
  );

  test('two nodes do not do the same work, and one that was too slow changes nothing', async () => {
    await storeMany(3);
    const states: string[] = [];
    const slow = contextOf(async (step) => {
      if (step !== 'embedded') return;
      states.push((await embedNext(contextOf(), user)).state);
      // Its claim has run out and another node does its work.
      await db.owner.query('update vector_progress set claimed_until = null where user_id = $1', [
        user,
      ]);
      states.push((await embedNext(contextOf(), user)).state);
    });
    states.push((await embedNext(slow, user)).state);
    expect(states).toEqual(['claimed elsewhere', 'done', 'lost']);
    expect(await vectors()).toBe(3);
  });

  test('an edited text gets another vector, a forgotten memory none', async () => {
    const tea = await store('green tea');
    const gone = await store('to be forgotten');
    const work = background();
    work.request(user);
    await work.idle();
    await node.memories.patch(user, memoryId(tea), PatchRequest.parse({ content: 'black coffee' }));
    expect(await embedded()).toEqual(['to be forgotten']);
    await node.memories.forget(user, memoryId(gone));
    expect(await vectors()).toBe(1);
    work.request(user);
    await work.idle();
    expect(await embedded()).toEqual(['black coffee']);
    expect(await vectors()).toBe(1);
    await work.close();
  });

  test('an edit that leaves the text alone takes its vector along, and nothing is embedded again', async () => {
    const tea = memoryId(await store('green tea'));
    const work = background();
    work.request(user);
    await work.idle();
    const following = {
      noteChange: (who: UserId) => work.request(who),
      close: () => work.idle(),
    };
    const edits = openNode(db.database, { index: indexWithVectors(node.index, following) });
    await edits.memories.patch(user, tea, PatchRequest.parse({ metadata: { topic: 'tea' } }));
    expect(await embedded()).toEqual(['green tea']);
    await work.idle();
    expect(work.tally.embedded).toBe(1);
    await edits.memories.patch(user, tea, PatchRequest.parse({ content: 'tea', session_id: 's' }));
    await work.idle();
    expect(await embedded()).toEqual(['tea']);
    expect(work.tally.embedded).toBe(2);
    await work.close();
  });

  test('what is edited or forgotten while it is being embedded keeps no old vector', async () => {
    const tea = await store('green tea');
    const gone = await store('to be forgotten');
    const slow = contextOf(async (step) => {
      if (step !== 'embedded') return;
      await node.memories.patch(user, memoryId(tea), PatchRequest.parse({ content: 'coffee' }));
      await node.memories.forget(user, memoryId(gone));
    });
    expect(await embedNext(slow, user)).toMatchObject({ state: 'done' });
    expect(await vectors()).toBe(0);
    await embedNext(contextOf(), user);
    expect(await embedded()).toEqual(['coffee']);
  });

  test('cuts a text that is too long and passes over one that is refused whatever its length', async () => {
    await provider.close();
    provider = await startProvider(wordsVector);
    const strict: Embedder = {
      ...embedder(),
      embed(texts, kind, patience) {
        const refused = texts.some((text) => text.length > 600 || text.includes('poison'));
        provider.script.push(...(refused ? [fail(400)] : []));
        return embedder().embed(texts, kind, patience);
      },
    };
    await store(`long ${'word '.repeat(400)}`);
    await store('poison');
    await store('harmless');
    const outcome = await embedNext({ ...contextOf(), embedder: strict }, user);
    expect(outcome).toEqual({ state: 'done', embedded: 2, refused: 1 });
    expect((await embedded()).map((content) => content.slice(0, 8))).toEqual([
      'long wor',
      'harmless',
    ]);
    expect(await behind()).not.toContain(user);
  });

  test('says how much is left', async () => {
    const before = await db.system.asSystem((tx) => selectBacklog(tx, db.space));
    await storeMany(5);
    const after = await db.system.asSystem((tx) => selectBacklog(tx, db.space));
    expect(after.documents - before.documents).toBe(5);
    expect(after.tenants - before.tenants).toBe(1);
  });
});
