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
import { proveIsolation } from '../packages/server/test/isolation/probe/prove-isolation.js';
import type { IsolationReport } from '../packages/server/test/isolation/probe/tally.js';
import type { Target } from '../packages/server/test/isolation/probe/tenants.js';
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
  const server = await startServer({ STELLAR_DATA_DIR: folder });
  try {
    await prove('embedded engine, started for this proof', server);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function provePostgres(): Promise<void> {
  const given = process.env['TEST_PG_URL'];
  const postgres = given === undefined ? await startPostgres() : undefined;
  const database = await createDatabase(given ?? postgres!.url);
  const server = await startServer({
    DATABASE_URL: database.appUrl,
    DATABASE_DIRECT_URL: database.ownerUrl,
  });
  try {
    await prove('Postgres, started for this proof', server);
  } finally {
    await server.stop();
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
