import { StoreRequest } from '@stellar-memory/protocol';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../cli/capture.js';
import { behave, type Provider, startProvider } from '../recall/embedders/provider.js';
import {
  addSpace,
  dimensions,
  openVectors,
  type VectorDatabase,
  wordsVector,
} from '../recall/vectors/open-vectors.js';
import { engines, seedUser } from '../support/engines.js';
import { openNode } from '../support/memory-service.js';
import { hasPostgres, postgresUrl, urlFor } from '../support/postgres-server.js';
import { buildServer } from './build.js';
import { built, ServerProcess } from './server-process.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

/** The embedded engine allows one process: its server embeds by itself, and no command can. */
describe.skipIf(!hasPostgres())('the embeddings commands', () => {
  const postgres = engines.find(({ name }) => name === 'postgres');
  let db: VectorDatabase;
  let provider: Provider;
  let directUrl: string;

  beforeAll(buildServer);
  beforeEach(async (context) => {
    const opened = await openVectors(postgres!);
    if (opened === undefined) return context.skip();
    db = opened;
    directUrl = urlFor(await postgresUrl(), new URL(db.appUrl!).pathname.slice(1));
    provider = await startProvider(wordsVector);
    const node = openNode(db.database);
    const users = [await seedUser(db), await seedUser(db), await seedUser(db)];
    for (const user of users)
      await node.memories.storeBatch(
        user,
        Array.from({ length: 150 }, (_, n) => StoreRequest.parse({ content: `memory ${n}` })),
      );
    return async () => {
      await provider.close();
      await db.close();
    };
  });

  const envFor = (model: string): Record<string, string> => ({
    DATABASE_URL: db.appUrl!,
    DATABASE_DIRECT_URL: directUrl,
    STELLAR_SECRET: 's'.repeat(32),
    EMBEDDINGS_PROVIDER: 'compatible',
    EMBEDDINGS_URL: provider.url,
    EMBEDDINGS_MODEL: model,
    EMBEDDINGS_DIMENSIONS: String(dimensions),
  });
  const vectorsByModel = async (): Promise<Record<string, number>> => {
    const rows = await db.owner.query<{ model: string; n: number }>(
      `select s.model, count(v.doc)::int4 as n from embedding_spaces s
         left join memory_vectors v on v.space = s.space
         left join memories m on m.user_id = v.user_id and m.id = v.memory_id and m.doc = v.doc
        group by s.model order by s.model`,
    );
    return Object.fromEntries(rows.map(({ model, n }) => [model, n]));
  };

  const documentsBehind = async (): Promise<number> => {
    const { exitCode, out } = await run(['embeddings', 'status', '--json'], envFor('small'));
    expect(exitCode).toBe(0);
    const [space] = JSON.parse(out) as { model: string; documents_left: number }[];
    expect(space?.model).toBe('small');
    return space!.documents_left;
  };

  test('embed everything, killed in between and begun again', async () => {
    expect(await documentsBehind()).toBe(450);
    // Two requests are answered; those behind them hang, and the process dies while it waits for them.
    const hung = new Promise<void>((resolve) => {
      provider.script.push(behave(wordsVector), behave(wordsVector));
      for (let n = 0; n < 4; n += 1) provider.script.push(() => resolve());
    });
    const dying = new ServerProcess(envFor('small'), [...built, 'embeddings', 'reindex']);
    await hung;
    dying.signal('SIGKILL');
    expect((await dying.ended()).signal).toBe('SIGKILL');
    const left = await documentsBehind();
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(450);
    provider.script.length = 0;
    provider.seen.length = 0;
    // What the dead process had claimed runs out.
    await db.owner.query('update vector_progress set claimed_until = now()');

    const again = await run(['embeddings', 'reindex'], envFor('small'));
    expect(again.exitCode).toBe(0);
    expect(again.out).toBe(`Embedded ${left}; nothing is left. Refused by the model: 0.`);
    expect(again.err).toContain(`${left} of ${left} memories`);
    expect(await vectorsByModel()).toEqual({ small: 450 });
    // What was acknowledged to the mark was not paid for a second time.
    expect(provider.seen.flatMap(({ body }) => body.input)).toHaveLength(left);
  });

  test('keep the old vectors until the new model is complete, then remove them', async () => {
    await run(['embeddings', 'reindex'], envFor('small'));
    await addSpace(db, 'other');
    const early = await run(['embeddings', 'prune'], envFor('other'));
    expect(early.exitCode).toBe(1);
    expect(early.err).toContain('embeddings reindex');
    expect(await vectorsByModel()).toEqual({ other: 0, small: 450 });

    await run(['embeddings', 'reindex'], envFor('other'));
    expect(await vectorsByModel()).toEqual({ other: 450, small: 450 });
    const pruned = await run(['embeddings', 'prune'], envFor('other'));
    expect(pruned).toMatchObject({ exitCode: 0, out: 'Removed 450 vectors of other models.' });
    expect(await vectorsByModel()).toEqual({ other: 450 });
    expect(
      await db.owner.query(
        `select indexdef from pg_indexes
          where tablename = 'memory_vectors' and indexname like 'memory_vectors_space%'`,
      ),
    ).toHaveLength(1);
    expect(
      await db.owner.query(
        'select from vector_progress where space not in (select space from embedding_spaces)',
      ),
    ).toEqual([]);
  });

  test('say what is missing', async () => {
    const { exitCode, err } = await run(['embeddings', 'status'], {});
    expect(exitCode).toBe(1);
    expect(err).toContain('DATABASE_URL and EMBEDDINGS_PROVIDER are required');
  });
});
