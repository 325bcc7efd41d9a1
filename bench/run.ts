// npm run bench -- [foundation] [embedded] [cost] [limits] [sync] [delivery] [sockets] [recall] [vectors] [orbit] [--quick] [--check] [--pg <superuser url> [--database <kept>]]
import { mkdtemp, rm } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../scripts/postgres.mjs';
import { benchCost } from './cost.js';
import { benchDelivery } from './delivery.js';
import { benchEmbedded, benchFoundation } from './foundation.js';
import { conclude, line, machine } from './harness/report.js';
import { benchLimits } from './limits.js';
import { benchMutations } from './mutations.js';
import { benchOrbit } from './orbit.js';
import { benchRecall } from './recall.js';
import { benchSockets } from './sockets.js';
import { benchSync } from './sync.js';
import { benchVectors } from './vectors.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    // Of `recall`: the process fails when a goal is missed.
    check: { type: 'boolean', default: false },
    pg: { type: 'string' },
    // Of `recall`, which fills it once; `vectors` goes on with it.
    database: { type: 'string' },
  },
});
const parts = positionals.length > 0 ? positionals : ['foundation', 'embedded'];
const size = { quick: values.quick, seconds: values.quick ? 3 : 10 };

line(machine());
if (parts.includes('limits')) goFirst();
const onPostgres = [
  'foundation',
  'cost',
  'limits',
  'sync',
  'delivery',
  'sockets',
  'recall',
  'vectors',
  'orbit',
];
if (parts.some((part) => onPostgres.includes(part))) {
  const postgres = values.pg === undefined ? await startPostgres() : undefined;
  const url = values.pg ?? postgres!.url;
  try {
    if (parts.includes('foundation')) await benchFoundation(url, size);
    if (parts.includes('cost')) await benchCost(url, size);
    if (parts.includes('limits')) await benchLimits(url, size);
    if (parts.includes('sync')) {
      await benchSync(url, size);
      await benchMutations(url, size);
    }
    // `sync` is all of them; alone each is shorter.
    if (parts.includes('sync') || parts.includes('delivery')) await benchDelivery(url, size);
    if (parts.includes('sync') || parts.includes('sockets')) await benchSockets(url, size);
    if (parts.includes('orbit')) await benchOrbit(url, size);
    if (parts.includes('recall'))
      await benchRecall({
        superuserUrl: url,
        size,
        database: values.database,
        check: values.check,
      });
    if (parts.includes('vectors'))
      await benchVectors({ superuserUrl: url, size, database: values.database ?? 'recall' });
  } finally {
    await postgres?.stop();
  }
}
if (parts.includes('embedded')) {
  const folder = await mkdtemp(join(tmpdir(), 'stellar-bench-'));
  try {
    await benchEmbedded(folder, size);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
conclude();

/** Lets this process and all that it starts go before whatever else this machine does, where the system allows it. */
function goFirst(): void {
  try {
    setPriority(-15);
  } catch {
    line('  other programs run on equal terms: figures near their bound may be theirs');
  }
}
