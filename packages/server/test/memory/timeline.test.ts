import { StoreRequest, TimelineQuery } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';

describeEngines('the timeline', (engine) => {
  let db: TestDatabase;
  let node: TestNode;
  let user: UserId;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
    user = await seedUser(db);
    // Midnights of Seoul are 15:00 in UTC.
    const moments = [
      '2024-01-14T14:59:59.999Z',
      '2024-01-14T15:00:00Z',
      '2024-01-15T14:59:59.999Z',
      '2024-01-15T15:00:00Z',
    ];
    const memories = moments.map((occurred_at) =>
      StoreRequest.parse({ content: occurred_at, occurred_at }),
    );
    await node.memories.storeBatch(user, memories);
  });
  afterAll(() => db.close());

  const entries = async (query: object) => node.memories.timeline(user, TimelineQuery.parse(query));
  const told = async (query: object) =>
    (await entries(query)).map(({ content, local_time }) => [content, local_time]);

  test('shows a whole day of a zone, with its clocks', async () => {
    expect(await told({ day: '2024-01-15', timezone: 'Asia/Seoul' })).toEqual([
      ['2024-01-15T14:59:59.999Z', '2024-01-15T23:59:59'],
      ['2024-01-14T15:00:00Z', '2024-01-15T00:00:00'],
    ]);
    expect(await told({ day: '2024-01-15' })).toEqual([
      ['2024-01-15T15:00:00Z', undefined],
      ['2024-01-15T14:59:59.999Z', undefined],
    ]);
    expect(await told({ day: '2024-01-17', timezone: 'Asia/Seoul' })).toEqual([]);
  });

  test.each(['0001-01-01', '9998-12-31'])('knows the ends of time: %s', async (day) => {
    for (const timezone of ['UTC', 'Asia/Seoul', 'America/New_York'])
      expect(await told({ day, timezone })).toEqual([]);
  });

  test('shows a range with the clocks of a zone', async () => {
    const range = {
      start: '2024-01-15T15:00:00Z',
      end: '2024-01-16',
      timezone: 'America/New_York',
    };
    expect(await told(range)).toEqual([['2024-01-15T15:00:00Z', '2024-01-15T10:00:00']]);
  });

  test.each([
    { day: '2024-02-30' },
    { day: '0000-01-01' },
    { day: '9999-12-31' },
    { day: '2024-01-15', start: '2024-01-15' },
    { day: '2024-01-15', end: '2024-01-15' },
    { timezone: 'Mars/Olympus' },
  ])('refuses %j', (query) => {
    expect(TimelineQuery.safeParse(query).success).toBe(false);
  });
});
