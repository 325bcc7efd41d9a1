import { RecallQuery, StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { verifies } from '../support/verifies.js';

const words = ['harbour', 'lantern', 'report', 'violin', 'garden', 'meeting', 'recipe', 'train'];
const sentence = (seed: number): string =>
  [seed, seed * 3 + 1, seed * 5 + 2].map((number) => words[number % words.length]).join(' and ');

/** Ties are in the order of ids, which differ from run to run. */
const sorted = <Item extends { content: string }>(items: Item[]): Item[] =>
  items.toSorted((a, b) => a.content.localeCompare(b.content));

/** Everything a tenant can ask, without what differs from run to run: ids and times. */
async function answersOf({ memories }: TestNode, user: UserId): Promise<unknown> {
  const recalled = [];
  for (const word of words) {
    const found = await memories.recall(
      user,
      RecallQuery.parse({ q: `${word} garden`, limit: '10' }),
    );
    recalled.push(
      found.map(({ content, score, zone, recall_count }) => [content, score, zone, recall_count]),
    );
  }
  const list = await memories.list(user, { limit: 100 });
  const timeline = await memories.timeline(user, { limit: 100 });
  return {
    recalled,
    total: list.total,
    listed: sorted(list.items.map(({ content, score, zone }) => ({ content, score, zone }))),
    timeline: sorted(timeline.map(({ content, zone }) => ({ content, zone }))),
    stats: await memories.stats(user),
  };
}

async function fill({ memories }: TestNode, user: UserId, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1)
    await memories.store(
      user,
      StoreRequest.parse({
        content: sentence(number),
        importance: (number % 5) / 4,
        session_id: `s${number % 4}`,
      }),
    );
}

describeEngines('what a tenant is answered does not depend on the others', (engine) => {
  verifies('NFR-isolation', 'FR-05', 'F4');
  let db: TestDatabase;
  let node: TestNode;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
  });
  afterAll(() => db.close());

  test('two tenants who did the same are answered the same, with and without a crowd', async () => {
    const alone = await seedUser(db);
    await fill(node, alone, 30);
    const before = await answersOf(node, alone);

    // A neighbour with ten times the memories, all about the same words, half of them forgotten again.
    const crowd = await seedUser(db);
    await fill(node, crowd, 300);
    const { items } = await node.memories.list(crowd, { limit: 100 });
    for (const { id } of items.slice(0, 50)) await node.memories.forget(crowd, id as never);

    const among = await seedUser(db);
    await fill(node, among, 30);
    expect(await answersOf(node, among)).toEqual(before);
    expect(await answersOf(openNode(db.database), alone)).toEqual(before);
  });
});
