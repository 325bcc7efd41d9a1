import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** What a v1 that ran for a while has seen. */
export interface V1Report {
  readonly writes: number;
  readonly reads: number;
  readonly errors: readonly string[];
  /** Milliseconds of the slowest statement, and what it was. */
  readonly worst: { readonly ms: number; readonly what: string };
}

/** A v1 program at work. */
export interface V1Program {
  /** Resolves when so many statements more were answered. */
  progressed(statements: number): Promise<void>;
  /** The slowest statement since this was last asked. */
  takeWorst(): string;
  stop(): Promise<V1Report>;
}

const upsert = `
  INSERT INTO memories (id, content, created_at, last_recalled_at, recall_count, arbitrary_importance, zone,
                        metadata, total_score, encrypted, source_type, source_url, ingested_at, vector_clock, embedding)
  VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)
  ON CONFLICT (id) DO UPDATE SET
    content=EXCLUDED.content, zone=EXCLUDED.zone, total_score=EXCLUDED.total_score,
    last_recalled_at=EXCLUDED.last_recalled_at, recall_count=EXCLUDED.recall_count,
    arbitrary_importance=EXCLUDED.arbitrary_importance, metadata=EXCLUDED.metadata,
    embedding=EXCLUDED.embedding, encrypted=EXCLUDED.encrypted, vector_clock=EXCLUDED.vector_clock`;

const storeValues = (id: string, n: number): unknown[] => [
  id,
  `v1 says ${n}`,
  1_800_000_000 + n,
  1_800_000_000 + n,
  n % 5,
  0.5,
  (n % 6) - 1, // v1 stores before it places: −1
  n % 7 === 0 ? null : '{"by": "v1"}',
  n / 10,
  false,
  'user',
  null,
  null,
  '{}',
  null,
];

/**
 * The statements of v1.0.0, one after another on each of some connections, with its own texts: store, edit,
 * recall by id and zone, count, forget, a transaction that moves several memories, and its accounts.
 */
export async function startV1(url: string, connections: number, rows: number): Promise<V1Program> {
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new pg.Client({ connectionString: url, application_name: 'v1' });
      // The statement under way fails too, and is counted.
      client.on('error', () => undefined);
      await client.connect();
      return client;
    }),
  );
  const report = { writes: 0, reads: 0, errors: [] as string[], worst: { ms: 0, what: '' } };
  const waiting: { at: number; resolve: () => void }[] = [];
  let stopped = false;
  let recent = { ms: 0, what: '' };
  const timed = async (kind: 'writes' | 'reads', what: string, work: () => Promise<unknown>) => {
    const from = performance.now();
    await work().catch((error: unknown) => report.errors.push(`${what}: ${String(error)}`));
    const ms = performance.now() - from;
    if (ms > report.worst.ms) report.worst = { ms, what };
    if (ms > recent.ms) recent = { ms, what };
    report[kind] += 1;
    for (const one of waiting) if (report.writes + report.reads >= one.at) one.resolve();
  };
  const loops = clients.map(async (client, worker) => {
    // Once the server is gone every statement fails at once: a loop without end would starve the event loop.
    for (let n = 1; !stopped && report.errors.length < 1_000; n += 1)
      for (const one of statements(client, worker, n, rows)) await timed(...one);
    await client.end();
  });
  return {
    progressed: (count) =>
      new Promise((resolve) => {
        waiting.push({ at: report.writes + report.reads + count, resolve });
      }),
    takeWorst() {
      const { ms, what } = recent;
      recent = { ms: 0, what: '' };
      return `${ms.toFixed(0)} ms (${what})`;
    },
    async stop() {
      stopped = true;
      await Promise.all(loops);
      return report;
    },
  };
}

type Statement = ['writes' | 'reads', string, () => Promise<unknown>];

function statements(client: pg.Client, worker: number, n: number, rows: number): Statement[] {
  const old = `m${((n * 7919 + worker * 104_729) % rows) + 1}`;
  const fresh = `v1-${worker}-${n}`;
  const store = (id: string): Statement => [
    'writes',
    'store',
    () => client.query(upsert, storeValues(id, n)),
  ];
  const all: Statement[] = [
    store(fresh),
    store(old),
    store(fresh),
    ['reads', 'get', () => client.query('SELECT * FROM memories WHERE id = $1', [old])],
    ['reads', 'count', () => client.query('SELECT COUNT(*) FROM memories WHERE zone = $1', [0])],
    ['writes', 'move', () => move(client, [old, fresh])],
  ];
  if (n % 3 === 0)
    all.push([
      'writes',
      'forget',
      () => client.query('DELETE FROM memories WHERE id = $1', [fresh]),
    ]);
  if (n % 4 === 0)
    all.push(['writes', 'forget', () => client.query('DELETE FROM memories WHERE id = $1', [old])]);
  if (n % 10 === 0)
    all.push([
      'reads',
      'lowest',
      () =>
        client.query(
          'SELECT * FROM memories WHERE zone = $1 ORDER BY total_score ASC LIMIT 1',
          [3],
        ),
    ]);
  if (n % 20 === 0) all.push(['writes', 'account', () => account(client)]);
  return all;
}

/** As its re-orbit does: several memories in one transaction. */
async function move(client: pg.Client, ids: readonly string[]): Promise<void> {
  await client.query('BEGIN');
  for (const [index, id] of ids.toSorted().entries())
    await client.query(
      'UPDATE memories SET zone = $2, total_score = $3, recall_count = recall_count + 1 WHERE id = $1',
      [id, index, 0.25],
    );
  await client.query('COMMIT');
}

/** Registers, takes a key, buys `team`. */
async function account(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    'INSERT INTO users (email) VALUES ($1) RETURNING id',
    [`${randomUUID()}@v1.example`],
  );
  const id = rows[0]?.id;
  await client.query('INSERT INTO api_keys (user_id, key_hash, key_prefix) VALUES ($1, $2, $3)', [
    id,
    randomUUID().replaceAll('-', ''),
    'sk-stellar-',
  ]);
  await client.query(`UPDATE users SET tier = 'team', updated_at = NOW() WHERE id = $1`, [id]);
  await client.query(
    `INSERT INTO subscription_events (user_id, provider, event_type, tier) VALUES ($1, 'stripe', 'subscribed', 'team')`,
    [id],
  );
}
