import type {
  ConfidentResponse,
  GraphResponse,
  IntrospectResponse,
  PathResponse,
  RelatedResponse,
} from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';

type Account = Pick<Awaited<ReturnType<FullServer['createAccount']>>, 'key'>;

describeEngines('what surrounds a memory', (engine) => {
  let db: TestDatabase;
  let server: FullServer;
  let accounts = 0;
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  const newAccount = (): Promise<Account> => server.createAccount(`near-${accounts++}@example.com`);
  const get = ({ key }: Account, path: string) =>
    send(`${server.url}/api/v1/${path}`, { headers: { 'X-API-Key': key } });
  const read = async <Body>(account: Account, path: string): Promise<Body> => {
    const { status, text, json } = await get(account, path);
    expect(status, text).toBe(200);
    return json as Body;
  };
  const store = async ({ key }: Account, contents: (string | object)[]): Promise<string[]> => {
    const memories = contents.map((one) => (typeof one === 'string' ? { content: one } : one));
    const { json } = await send(
      `${server.url}/api/v1/store/batch`,
      jsonBody({ memories }, { 'X-API-Key': key }),
    );
    return (json as { items: { id: string }[] }).items.map(({ id }) => id);
  };
  /** Each shares two words with the next, and none with the one after. */
  const chain = [
    'copper kettle boils loudly',
    'copper kettle belongs to grandmother Agnes',
    'grandmother Agnes lives in Bergen',
    'Bergen harbour freezes in January, lives',
    'violins need rosin',
  ];

  test('is told by its own words, the nearest first, without counting as recalled', async () => {
    const account = await newAccount();
    const ids = await store(account, chain);
    const near = await read<RelatedResponse>(account, `memories/${ids[1]}/related`);
    expect(new Set(near.items.map(({ id }) => id))).toEqual(new Set([ids[0], ids[2]]));
    for (const { hops, weight, recall_count } of near.items) {
      expect([hops, recall_count]).toEqual([1, 0]);
      expect(weight).toBeGreaterThanOrEqual(0.2);
      expect(weight).toBeLessThanOrEqual(1);
    }
    const far = await read<RelatedResponse>(account, `memories/${ids[0]}/related?depth=3`);
    expect(far.items.map(({ id, hops }) => [id, hops])).toEqual([
      [ids[1], 1],
      [ids[2], 2],
      [ids[3], 3],
    ]);
    const shown = new Set([ids[0], ...far.items.map(({ id }) => id)]);
    for (const { from, to } of far.ties) expect(shown.has(from) && shown.has(to)).toBe(true);
    const strict = await read<RelatedResponse>(account, `memories/${ids[0]}/related?min_weight=1`);
    expect(strict).toEqual({ items: [], ties: [] });
    expect((await get(account, `memories/${ids[4]}`)).json).toMatchObject({ recall_count: 0 });
  });

  test('is reached by a shortest way, or said not to be', async () => {
    const account = await newAccount();
    const ids = await store(account, chain);
    const way = await read<PathResponse>(account, `memories/${ids[0]}/path?to=${ids[3]}`);
    expect(way.hops).toBe(3);
    expect(way.items.map(({ id }) => id)).toEqual(ids.slice(0, 4));
    const short = `memories/${ids[0]}/path?to=${ids[3]}&max_hops=2`;
    expect(await read(account, short)).toEqual({ hops: null, items: [] });
    const apart = `memories/${ids[0]}/path?to=${ids[4]}`;
    expect(await read(account, apart)).toEqual({ hops: null, items: [] });
    expect(await read(account, `memories/${ids[0]}/path?to=${ids[0]}`)).toMatchObject({ hops: 0 });
    expect((await get(account, `memories/${ids[0]}/path?to=nothing`)).status).toBe(404);
  });

  test('is a graph of the topic with its groups and centres', async () => {
    const account = await newAccount();
    const [hub, left, right, one, other, alone] = await store(account, [
      'garden roses tulips watering morning',
      'garden roses watering',
      'garden tulips morning',
      'garden shed hammer nails',
      'garden shed nails paint',
      'garden invoice unpaid',
    ]);
    const graph = await read<GraphResponse>(account, 'graph?topic=garden');
    expect(graph.nodes).toHaveLength(6);
    expect(graph.communities.map((group) => new Set(group))).toEqual([
      new Set([hub, left, right]),
      new Set([one, other]),
    ]);
    const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    expect(nodes.get(hub!)).toMatchObject({ degree: 2, centrality: 1, community: 0 });
    expect(nodes.get(alone!)).toMatchObject({ degree: 0, centrality: 0, community: null });
    expect(await read<GraphResponse>(account, 'graph?topic=nothing')).toEqual({
      nodes: [],
      ties: [],
      communities: [],
      average_degree: 0,
      density: 0,
    });
  });

  test('is what is known about a topic, and what is not', async () => {
    const account = await newAccount();
    await store(account, ['Python deployments run at night', '서울 사무실에서 파이썬을 쓴다']);
    const known = await read<IntrospectResponse>(
      account,
      'introspect?topic=deployment+python+kubernetes',
    );
    expect(known).toMatchObject({ memory_count: 1, gaps: ['kubernetes'] });
    expect(known.coverage).toContain('python');
    expect(known.confidence).toBeGreaterThan(0.3);
    expect(known.avg_freshness).toBeGreaterThan(0.99);
    const topic = encodeURIComponent('파이썬 부산');
    expect(await read(account, `introspect?topic=${topic}`)).toMatchObject({
      memory_count: 1,
      gaps: ['부산'],
    });
    expect(await read(account, 'introspect?topic=zzzqqq')).toEqual({
      topic: 'zzzqqq',
      confidence: 0,
      coverage: [],
      gaps: ['zzzqqq'],
      memory_count: 0,
      avg_freshness: 0,
      zone_distribution: {},
    });
  });

  test('is an answer that says how far to trust it', async () => {
    const account = await newAccount();
    await store(account, [{ content: 'the boiler code is 4711', importance: 1 }]);
    const sure = await read<ConfidentResponse>(account, 'recall/confident?query=boiler');
    expect(sure.memories.map(({ content }) => content)).toEqual(['the boiler code is 4711']);
    expect(sure.confidence).toBeGreaterThan(0.3);
    expect(sure.warning).toBeNull();
    expect(await read(account, 'recall/confident?query=zzzqqq')).toEqual({
      memories: [],
      confidence: 0,
      warning: "No memories found for 'zzzqqq'",
    });
  });

  test('never holds anything of another account, or of another agent for a bound key', async () => {
    verifies('NFR-isolation', 'FR-02', 'FR-04');
    const [mine, others] = [await newAccount(), await newAccount()];
    const [theirs] = await store(others, chain);
    const [own] = await store(mine, [{ content: chain[0]!, agent_id: 'guide' }]);
    const [cooks] = await store(mine, [{ content: chain[1]!, agent_id: 'cook' }]);
    for (const path of ['related', `path?to=${own}`])
      expect((await get(mine, `memories/${theirs}/${path}`)).status).toBe(404);
    expect((await get(mine, `memories/${own}/path?to=${theirs}`)).status).toBe(404);
    const near = await read<RelatedResponse>(mine, `memories/${own}/related?depth=3`);
    expect(near.items.map(({ id }) => id)).toEqual([cooks]);
    const { json } = await send(
      `${server.url}/auth/api-keys`,
      jsonBody({ agent_id: 'guide' }, { 'X-API-Key': mine.key }),
    );
    const guide = { key: (json as { api_key: string }).api_key };
    expect(await read(guide, `memories/${own}/related?depth=3`)).toEqual({ items: [], ties: [] });
    expect((await get(guide, `memories/${cooks}/related`)).status).toBe(404);
    expect((await get(guide, `memories/${own}/path?to=${cooks}`)).status).toBe(404);
    for (const path of ['graph?topic=copper', 'introspect?topic=grandmother'])
      expect((await get(guide, path)).text).not.toContain('Agnes');
  });

  test('is no more than was asked for, however many memories are alike', async () => {
    const account = await newAccount();
    const boats = (n: number): string => `blue boats drift southwards slowly ${n}`;
    const ids = await store(
      account,
      Array.from({ length: 100 }, (_, n) => boats(n)),
    );
    for (const other of ['tea', 'ink', 'fog'])
      await store(
        account,
        Array.from({ length: 100 }, (_, n) => `${other} ${n}`),
      );
    const related = `memories/${ids[0]}/related`;
    const near = await read<RelatedResponse>(account, `${related}?limit=30`);
    expect(new Set(near.items.map(({ id }) => id)).size).toBe(30);
    const far = await read<RelatedResponse>(account, `${related}?limit=30&depth=3`);
    expect(far.items.length).toBeLessThanOrEqual(30);
    const hops = far.items.map((item) => item.hops);
    expect(hops).toEqual(hops.toSorted((one, other) => one - other));
  });
});
