// npm run eval -- --data <folder> [--url U --admin-token T] [--conversations N] [--at-least 0.78] [--json]
// Quality as a client meets it: through REST only, one conversation a tenant, whatever ranking the server runs.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TestDocument } from '../../packages/server/test/support/memory-index.js';
import { startServer } from '../harness/running-server.js';
import { readConversations } from './conversations.js';
import type { Corpus } from './corpus.js';
import type { Judged } from './measure.js';
import { judge, meanOf, metricsHead, metricsRow } from './metrics.js';
import { readParaphrases } from './paraphrases.js';
import { line, table } from './print.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    url: { type: 'string' },
    'admin-token': { type: 'string', default: process.env['STELLAR_ADMIN_TOKEN'] ?? '' },
    conversations: { type: 'string' },
    'at-least': { type: 'string' },
    korean: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `Usage: npm run eval -- --data <folder> [options]

  --data FOLDER        holds locomo/*.json and korean/*.tsv
  --url URL            a running server; without it one is started on the embedded engine
  --admin-token TOKEN  its STELLAR_ADMIN_TOKEN (or the variable of that name)
  --conversations N    only the first N conversations
  --korean             the Korean paraphrases too (4,500 questions)
  --at-least R         fail when the mean R@10 of the conversations is below R (0 to 1)
  --json               one JSON object instead of tables
`;

/** A server to ask, with the operator's right to make tenants. */
interface Asked {
  readonly origin: string;
  readonly adminToken: string;
}

/** Results asked for: as many as the deepest metric needs. */
const depth = 20;
const batchItems = 100;
/** Questions under way at once. */
const lanes = 4;

async function send<Body>(url: string, bearer: string, body?: unknown): Promise<Body> {
  const answer = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Body;
}

const memoryOf = (document: TestDocument): object => ({
  content: document.content,
  ...(document.session === undefined ? {} : { session_id: document.session }),
  ...(document.speaker === undefined ? {} : { speaker: document.speaker }),
  ...(document.occurredAt === undefined ? {} : { occurred_at: document.occurredAt }),
});

/** Stores a corpus as a new tenant; answers the tenant's key and each document's number by memory id. */
async function store(
  { origin, adminToken }: Asked,
  { documents }: Corpus,
): Promise<{ key: string; numbers: Map<string, number> }> {
  const email = `eval-${crypto.randomUUID()}@example.com`;
  const tenant = await send<{ api_key: string }>(`${origin}/admin/users`, adminToken, {
    email,
    tier: 'promax',
  });
  const numbers = new Map<string, number>();
  for (let at = 0; at < documents.length; at += batchItems) {
    const memories = documents.slice(at, at + batchItems).map(memoryOf);
    const stored = await send<{ items: { id: string }[] }>(
      `${origin}/api/v1/store/batch`,
      tenant.api_key,
      { memories },
    );
    for (const { id } of stored.items) numbers.set(id, numbers.size);
  }
  return { key: tenant.api_key, numbers };
}

async function measure(asked: Asked, corpus: Corpus): Promise<Judged[]> {
  const { key, numbers } = await store(asked, corpus);
  const judged: Judged[] = [];
  const questions = corpus.questions.values();
  const lane = async (): Promise<void> => {
    for (const { text, category, right } of questions) {
      const query = new URLSearchParams({ q: text, limit: String(depth) });
      const found = await send<{ id: string }[]>(
        `${asked.origin}/api/v1/recall?${query.toString()}`,
        key,
      );
      const ranking = found.map(({ id }) => numbers.get(id)!);
      judged.push({ corpus: corpus.name, category, metrics: judge(ranking, right) });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return judged;
}

const summary = (judged: readonly Judged[]) => meanOf(judged.map(({ metrics }) => metrics));

const rowOf = (name: string, judged: readonly Judged[]): string[] => [
  name,
  String(judged.length),
  ...metricsRow(summary(judged)),
];

function grouped(judged: readonly Judged[], key: 'category' | 'corpus'): string[][] {
  return [...new Set(judged.map((one) => one[key]))].sort().map((name) =>
    rowOf(
      `  ${name}`,
      judged.filter((one) => one[key] === name),
    ),
  );
}

async function evaluate(asked: Asked, data: string): Promise<void> {
  const all = await readConversations(data, 'with captions');
  const corpora = all.slice(0, Number(values.conversations ?? all.length));
  const judged: Judged[] = [];
  for (const corpus of corpora) judged.push(...(await measure(asked, corpus)));
  const korean = values.korean ? await measure(asked, readParaphrases(data, 1)) : [];
  show(judged, korean);
  const floor = Number(values['at-least'] ?? 0);
  const { recall10 } = summary(judged);
  if (recall10 < floor) {
    line(`R@10 is ${recall10.toFixed(3)}, below ${floor}.`);
    process.exitCode = 1;
  }
}

function show(judged: readonly Judged[], korean: readonly Judged[]): void {
  if (values.json) {
    const figures = { conversations: summary(judged), questions: judged.length };
    line(JSON.stringify(korean.length === 0 ? figures : { ...figures, korean: summary(korean) }));
    return;
  }
  line('Through REST, lexical recall (no model), one conversation a tenant');
  table([
    ['', 'questions', ...metricsHead],
    rowOf('all', judged),
    ...grouped(judged, 'category'),
    ...grouped(judged, 'corpus'),
    ...(korean.length === 0 ? [] : [rowOf('Korean paraphrases, 1 of 10 stored', korean)]),
  ]);
}

async function onOwnServer(data: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stellar-eval-'));
  const server = await startServer({ STELLAR_DATA_DIR: folder });
  try {
    await evaluate(server, data);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

if (values.help || values.data === undefined) {
  line(usage);
  if (!values.help) process.exitCode = 2;
} else if (values.url === undefined) await onOwnServer(values.data);
else await evaluate({ origin: values.url, adminToken: values['admin-token'] }, values.data);
