// The clients of a chaos run, in a process of their own: started by run.ts, told what to do over IPC.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { seeded } from '../harness/texts.js';
import { compareTenant, type Verdict } from './compare.js';
import { Connection } from './connection.js';
import { Ledger } from './ledger.js';
import { Reader } from './reader.js';
import { newTally, type Tally } from './tally.js';
import { Writer } from './writer.js';

/** What the clients are told at first. */
export interface ClientsOrder {
  readonly seed: number;
  readonly origins: readonly string[];
  readonly ownerUrl: string;
  readonly tenants: readonly { readonly userId: string; readonly key: string }[];
}

/** What they answer at last. */
export interface ClientsReport {
  readonly tally: Tally;
  readonly verdicts: readonly Verdict[];
}

interface Tenant {
  readonly userId: string;
  readonly ledger: Ledger;
  readonly writers: readonly Writer[];
  readonly readers: readonly Reader[];
}

const writersATenant = 3;
const readersATenant = 2;
/** Clocks of the writers; the server allows a minute ahead. */
const skewsMs = [0, 40_000, -90_000];
const catchUpWithinMs = 60_000;

const tally = newTally();
const order = await told<ClientsOrder>();
const tenants = order.tenants.map(openTenant);
const clients = tenants.flatMap(({ writers, readers }) => [...writers, ...readers]);
const running = clients.map((client) => client.run());
const progress = setInterval(() => process.send?.({ mutations: tally.mutations }), 100);

await told<'stop'>();
for (const { writers } of tenants) for (const writer of writers) writer.stop();
await Promise.all(running.filter((_, index) => clients[index] instanceof Writer));
const database = new pg.Client({ connectionString: order.ownerUrl });
await database.connect();
for (const tenant of tenants) await caughtUp(tenant);
clearInterval(progress);
const verdicts: Verdict[] = [];
for (const { userId, ledger, readers } of tenants) {
  verdicts.push(await compareTenant(database, userId, ledger, readers));
  tally.faults.push(...ledger.surprises);
}
await database.end();
for (const { readers } of tenants) for (const reader of readers) reader.stop();
process.send?.({ tally, verdicts } satisfies ClientsReport, () => process.exit(0));

function told<Order>(): Promise<Order> {
  return new Promise((resolve) => process.once('message', (message) => resolve(message as Order)));
}

function openTenant({ userId, key }: { userId: string; key: string }, number: number): Tenant {
  const canary = `canary${number}x${order.seed}`;
  const ledger = new Ledger();
  const client = (role: number) => {
    const random = seeded(order.seed * 10_000 + number * 100 + role);
    return { canary, tally, random, connection: new Connection(order.origins, key, tally, random) };
  };
  return {
    userId,
    ledger,
    writers: Array.from(
      { length: writersATenant },
      (_, n) =>
        new Writer({ ...client(n), name: `w${n}`, skewMs: skewsMs[n % skewsMs.length]!, ledger }),
    ),
    readers: Array.from({ length: readersATenant }, (_, n) => new Reader(client(50 + n))),
  };
}

/** Waits until every reader has the last change. */
async function caughtUp({ userId, readers }: Tenant): Promise<void> {
  const { rows } = await database.query<{ head: string }>(
    'select head from tenant_sync where user_id = $1',
    [userId],
  );
  const head = Number(rows[0]?.head ?? 0);
  const until = Date.now() + catchUpWithinMs;
  for (const reader of readers) {
    while (reader.seq < head && Date.now() < until) await delay(20);
    if (reader.seq !== head) tally.faults.push(`a reader is at ${reader.seq} of ${head}`);
  }
}
