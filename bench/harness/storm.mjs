// node bench/harness/storm.mjs <origin> <key> <connections> <seconds>: recalls as fast as they are answered, whatever
// the answer, in a process of its own so that it does not slow down who measures. Prints how often each status came.
import { argv, stdout } from 'node:process';
import { Pool } from 'undici';

const [, , origin = '', key = '', connections = '16', seconds = '10'] = argv;
const pool = new Pool(origin, { connections: Number(connections), pipelining: 1 });
const until = performance.now() + Number(seconds) * 1_000;
/** @type {Record<string, number>} */
const statuses = {};

const client = async () => {
  while (performance.now() < until) {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/api/v1/recall?q=harbour',
      headers: { 'x-api-key': key },
    });
    await body.dump();
    statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
  }
};

await Promise.all(Array.from({ length: Number(connections) }, client));
await pool.close();
stdout.write(JSON.stringify(statuses));
