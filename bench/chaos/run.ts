// npm run chaos -- [--seed N] [--mutations 20000] [--node-kills 10] [--postgres-kills 4] [--disconnects 200] [--quick]
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createDatabase } from '../harness/database.js';
import { percentile } from '../harness/percentiles.js';
import { line, machine, rounded, verdict } from '../harness/report.js';
import { seeded } from '../harness/texts.js';
import type { ClientsOrder, ClientsReport } from './clients.js';
import { KillableNode, operatorToken } from './killable-node.js';
import { type KillablePostgres, startKillablePostgres } from './killable-postgres.js';
import type { Outage } from './tally.js';

const tenantCount = 6;
const recoveryMs = 5_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    mutations: { type: 'string' },
    disconnects: { type: 'string' },
    'node-kills': { type: 'string' },
    'postgres-kills': { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const count = (given: string | undefined, usual: number, quick: number): number =>
  Number(given ?? (values.quick ? quick : usual));
const seed = Number(values.seed);
const wanted = {
  mutations: count(values.mutations, 20_000, 1_500),
  disconnects: count(values.disconnects, 200, 40),
  nodeKills: count(values['node-kills'], 10, 2),
  postgresKills: count(values['postgres-kills'], 4, 1),
};
const random = seeded(seed);

line(machine());
const postgres = await startKillablePostgres();
try {
  await run(postgres);
} finally {
  await postgres.stop();
}

async function run(server: KillablePostgres): Promise<void> {
  const database = await createDatabase(server.url);
  const env = { DATABASE_URL: database.appUrl, DATABASE_DIRECT_URL: database.ownerUrl };
  const nodes = [await KillableNode.start(env), await KillableNode.start(env)];
  const begun = performance.now();
  const clients = fork(fileURLToPath(new URL('clients.ts', import.meta.url)));
  try {
    clients.send({
      seed,
      origins: nodes.map(({ origin }) => origin),
      ownerUrl: database.ownerUrl,
      tenants: await createTenants(nodes[0]!.origin),
    } satisfies ClientsOrder);
    const kills = await wreak(server, nodes, clients);
    await enough(clients);
    clients.send('stop');
    const report = await finalReport(clients);
    print(report, kills, (performance.now() - begun) / 1000);
  } finally {
    clients.kill();
    await Promise.all(nodes.map((node) => node.kill()));
  }
}

async function createTenants(origin: string): Promise<ClientsOrder['tenants']> {
  return Promise.all(
    Array.from({ length: tenantCount }, async (_, number) => {
      const answer = await fetch(`${origin}/admin/users`, {
        method: 'POST',
        headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ email: `chaos-${number}@example.com`, tier: 'promax' }),
      });
      if (answer.status !== 201) throw new Error(`POST /admin/users answered ${answer.status}`);
      const { user_id, api_key } = (await answer.json()) as { user_id: string; api_key: string };
      return { userId: user_id, key: api_key };
    }),
  );
}

/** A kill, and how long it took until all served again. Times are milliseconds since the epoch. */
interface Kill {
  readonly what: 'node' | 'Postgres';
  readonly at: number;
  /** When the process was there again, as far as its starter can tell. */
  readonly startedAt: number;
  /** When every node said that it was ready. */
  readonly readyAt: number;
}

/** Kills what the seed says in the order it says; the next when everything serves again and some time has passed. */
async function wreak(
  server: KillablePostgres,
  nodes: readonly KillableNode[],
  clients: ChildProcess,
): Promise<Kill[]> {
  const kills: Kill[] = [];
  const targets = [
    ...Array.from({ length: wanted.nodeKills }, () => 'node' as const),
    ...Array.from({ length: wanted.postgresKills }, () => 'postgres' as const),
  ]
    .map((target) => ({ target, order: random() }))
    .sort((a, b) => a.order - b.order);
  for (const { target } of targets) {
    if (clients.exitCode !== null) throw new Error('the clients have ended');
    await delay(300 + random() * 900);
    const at = Date.now();
    if (target === 'postgres') {
      await server.kill();
      await delay(random() * 300);
      await server.restart();
    } else {
      const node = nodes[Math.floor(random() * nodes.length)]!;
      await node.kill();
      await delay(random() * 300);
      node.begin();
    }
    const startedAt = Date.now();
    await Promise.all(nodes.map((node) => node.ready()));
    const what = target === 'postgres' ? 'Postgres' : 'node';
    kills.push({ what, at, startedAt, readyAt: Date.now() });
  }
  return kills;
}

async function enough(clients: ChildProcess): Promise<void> {
  for (;;) {
    const [message] = (await once(clients, 'message')) as [{ mutations?: number }];
    if ((message.mutations ?? 0) >= wanted.mutations) return;
  }
}

async function finalReport(clients: ChildProcess): Promise<ClientsReport> {
  for (;;) {
    const [message] = (await once(clients, 'message')) as [Partial<ClientsReport>];
    if (message.tally !== undefined && message.verdicts !== undefined)
      return { tally: message.tally, verdicts: message.verdicts };
  }
}

function zero(name: string, figure: number): void {
  verdict(name, figure === 0, String(figure));
}

/** Where the time goes: how long what was killed was away, and what happened around the longest outages. */
function printRecoveries(kills: readonly Kill[], outages: readonly Outage[]): void {
  for (const what of ['node', 'Postgres'] as const) {
    const [started, ready] = [0, 1].map((n) =>
      Float64Array.from(
        kills
          .filter((kill) => kill.what === what)
          .map(({ at, startedAt, readyAt }) => (n === 0 ? startedAt : readyAt) - at),
      ).sort(),
    ) as [Float64Array, Float64Array];
    line(
      `  ${what} killed: started again after p50 ${rounded(percentile(started, 0.5), 0)}, most ${rounded(percentile(started, 1), 0)} ms; every node ready after p50 ${rounded(percentile(ready, 0.5), 0)}, most ${rounded(percentile(ready, 1), 0)} ms`,
    );
  }
  for (const { ms, until, told } of outages.toSorted((a, b) => b.ms - a.ms).slice(0, 3)) {
    const kill = kills.findLast(({ at }) => at <= until);
    const times = Object.entries(told).map(([what, often]) => `${what} × ${often}`);
    const around =
      kill &&
      `; it ended ${until - kill.at} ms after a ${kill.what} was killed, ${until - kill.startedAt} ms after it was started, ${until - kill.readyAt} ms after every node was ready`;
    line(`  a long one: ${rounded(ms, 0)} ms${around ?? ''}; told: ${times.join(', ')}`);
  }
}

function print({ tally, verdicts }: ClientsReport, kills: readonly Kill[], seconds: number): void {
  const killed = (what: Kill['what']): number => kills.filter((kill) => kill.what === what).length;
  const sum = (pick: (verdict: (typeof verdicts)[number]) => number): number =>
    verdicts.reduce((total, each) => total + pick(each), 0);
  const outages = Float64Array.from(tally.outages.map(({ ms }) => ms)).sort();
  const p99 = percentile(outages, 0.99);
  line(`\nchaos, seed ${seed}: 2 nodes, ${tenantCount} tenants, ${rounded(seconds, 0)} s`);
  line(
    `  ${tally.mutations} mutations (${tally.operations} operations), ${tally.events} events read`,
  );
  line(
    `  killed: ${killed('node')} × node, ${killed('Postgres')} × Postgres; cut: ${tally.disconnects} connections; readers that began anew: ${tally.resets}`,
  );
  line(
    `  recovery of a client: p50 ${rounded(percentile(outages, 0.5), 0)} ms, p99 ${rounded(p99, 0)} ms, n=${outages.length}`,
  );
  printRecoveries(kills, tally.outages);
  zero(
    'lost',
    sum(({ lost }) => lost),
  );
  zero('duplicated', sum(({ duplicated }) => duplicated) + tally.duplicated);
  zero('out of order or missing events', tally.gaps);
  zero('of another tenant', tally.foreign);
  zero(
    'replicas that differ from the database',
    sum(({ diverged }) => diverged),
  );
  zero(
    'counters that are wrong',
    sum(({ miscounted }) => miscounted),
  );
  zero('other faults', tally.faults.length);
  // A short run has too few outages for a percentile to mean anything.
  if (!values.quick)
    verdict('recovery p99', !(p99 > recoveryMs), `${rounded(p99, 0)} ms of ${recoveryMs}`);
  verdict(
    'cut connections',
    tally.disconnects >= wanted.disconnects,
    `${tally.disconnects} of ${wanted.disconnects}`,
  );
  for (const text of [...verdicts.flatMap(({ examples }) => examples), ...tally.faults].slice(
    0,
    10,
  ))
    line(`    ${text.slice(0, 600)}`);
}
