// npm run prove:isolation -- [--url http://127.0.0.1:9000 --admin-token T] [--answers 100000] [--json]
//
// Attacks a running server over HTTP with two accounts that it makes for itself, and prints a dated report.
// Without --url it starts one of its own: embedded, and on Postgres too when TEST_PG_URL is set or one is installed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDatabase } from '../bench/harness/database.js';
import { startServer } from '../bench/harness/running-server.js';
import { buy } from '../packages/server/test/billing/billing-node.js';
import { startFakeLemonSqueezy } from '../packages/server/test/billing/fake/fake-lemonsqueezy.js';
import { proveIsolation } from '../packages/server/test/isolation/probe/prove-isolation.js';
import type { IsolationReport } from '../packages/server/test/isolation/probe/tally.js';
import type { Target } from '../packages/server/test/isolation/probe/tenants.js';
import { freePort } from './free-port.mjs';
import { startPostgres } from './postgres.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    'admin-token': { type: 'string', default: process.env['STELLAR_ADMIN_TOKEN'] ?? '' },
    answers: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const usage = `Usage: npm run prove:isolation -- [options]

  --url URL            a running server; without it one is started for each engine at hand
  --admin-token TOKEN  its STELLAR_ADMIN_TOKEN (or the variable of that name)
  --answers N          answers to search for another tenant's data, default 100000
  --json               print one JSON object a server
`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function prove(name: string, target: Target): Promise<void> {
  const answers = Number(values.answers);
  const begun = Date.now();
  const report = await proveIsolation(target, { answers, onProgress: progress(answers) });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  if (values.json)
    print(JSON.stringify({ date: new Date().toISOString(), server: name, ...report }));
  else show(name, report, (Date.now() - begun) / 1000);
  if (report.findings.length > 0) process.exitCode = 1;
}

const progress =
  (answers: number) =>
  (done: number): void => {
    if (!process.stderr.isTTY) return;
    const filled = Math.round((done / answers) * 30);
    process.stderr.write(`\r[${'#'.repeat(filled).padEnd(30, '.')}] ${done} of ${answers} answers`);
  };

function show(name: string, report: IsolationReport, seconds: number): void {
  print(`\nIsolation report, ${new Date().toISOString()}`);
  print(`  server            ${name}`);
  print(`  operations        ${report.operations}, every one of its OpenAPI document`);
  print(`  checks            ${report.checks}`);
  print(
    `  answers searched  ${report.answersSearched} for the other tenant's words, ids and names`,
  );
  print(`  time              ${seconds.toFixed(1)} s`);
  print(`  findings          ${report.findings.length}`);
  for (const finding of report.findings.slice(0, 50)) print(`    ${finding}`);
  print(report.findings.length === 0 ? '  ISOLATED' : '  NOT ISOLATED');
}

async function proveEmbedded(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stellar-proof-'));
  try {
    await proveStarted('embedded engine, started for this proof', { STELLAR_DATA_DIR: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** With all that a server can have: it signs people in, and sells by way of the fake. */
async function proveStarted(name: string, env: Record<string, string>): Promise<void> {
  const sold = {
    LEMONSQUEEZY_API_KEY: 'key-of-the-proof',
    LEMONSQUEEZY_STORE_ID: '1',
    LEMONSQUEEZY_WEBHOOK_SECRET: 'webhook-secret-of-the-proof',
    LEMONSQUEEZY_VARIANT_PRO: '101',
    LEMONSQUEEZY_VARIANT_PROMAX: '102',
  };
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const fake = await startFakeLemonSqueezy({
    webhookUrl: `${origin}/webhook/lemonsqueezy`,
    webhookSecret: sold.LEMONSQUEEZY_WEBHOOK_SECRET,
    apiKey: sold.LEMONSQUEEZY_API_KEY,
    storeId: 1,
  });
  const server = await startServer({
    ...env,
    ...sold,
    STELLAR_PORT: `${port}`,
    LEMONSQUEEZY_API_BASE: fake.origin,
    // Nobody listens there: mails of the proof go nowhere, and the routes are there.
    SMTP_URL: 'smtp://127.0.0.1:1',
    SMTP_FROM: 'proof@example.com',
    STELLAR_PUBLIC_URL: 'https://memory.example.com',
  });
  try {
    await prove(name, { ...server, pay: async (url) => void (await buy(url)) });
  } finally {
    await server.stop();
    await fake.close();
  }
}

async function provePostgres(): Promise<void> {
  const given = process.env['TEST_PG_URL'];
  const postgres = given === undefined ? await startPostgres() : undefined;
  const database = await createDatabase(given ?? postgres!.url);
  try {
    await proveStarted('Postgres, started for this proof', {
      DATABASE_URL: database.appUrl,
      DATABASE_DIRECT_URL: database.ownerUrl,
    });
  } finally {
    await database.drop();
    await postgres?.stop();
  }
}

async function main(): Promise<void> {
  if (values.help) return print(usage);
  if (values.url !== undefined) {
    if (values['admin-token'] === '') {
      process.stderr.write(
        'Give --admin-token: the proof makes two accounts through /admin/users.\n',
      );
      process.exitCode = 2;
      return;
    }
    await prove(values.url, { origin: values.url, adminToken: values['admin-token'] });
    return;
  }
  await proveEmbedded();
  await provePostgres();
}

await main();
