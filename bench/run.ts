// npm run bench -- [foundation] [embedded] [limits] [--quick] [--pg <superuser url>]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../scripts/postgres.mjs';
import { benchEmbedded, benchFoundation } from './foundation.js';
import { line, machine } from './harness/report.js';
import { benchLimits } from './limits.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, pg: { type: 'string' } },
});
const parts = positionals.length > 0 ? positionals : ['foundation', 'embedded'];
const size = { quick: values.quick, seconds: values.quick ? 3 : 10 };

line(machine());
if (parts.includes('foundation') || parts.includes('limits')) {
  const postgres = values.pg === undefined ? await startPostgres() : undefined;
  const url = values.pg ?? postgres!.url;
  try {
    if (parts.includes('foundation')) await benchFoundation(url, size);
    if (parts.includes('limits')) await benchLimits(url, size);
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
