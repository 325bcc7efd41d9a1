// node bench/harness/storm.mjs <origin> <key> <connections> [<seconds>]: recalls as fast as they are answered, whatever
// the answer, in a process of its own so that it does not slow down who measures. Prints how often each status came.
// Forked without seconds it storms with the key and for as many milliseconds as its parent says, each time it does, then
// sends the same.
import { argv, stdout } from 'node:process';
import { Pool } from 'undici';

const [, , origin = '', key = '', connections = '16', seconds] = argv;
const pool = new Pool(origin, { connections: Number(connections), pipelining: 1 });
/** @type {Record<string, number>} */
const statuses = {};

/**
 * @param {number} untilMs
 * @param {string} as
 */
const storm = async (untilMs, as) => {
  const client = async () => {
    while (performance.now() < untilMs) {
      const { statusCode, body } = await pool.request({
        method: 'GET',
        path: '/api/v1/recall?q=harbour',
        headers: { 'x-api-key': as },
      });
      await body.dump();
      statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: Number(connections) }, client));
};

if (seconds === undefined) {
  process.on('message', (/** @type {{ ms: number, key: string }} */ wanted) => {
    const over = storm(performance.now() + wanted.ms, wanted.key);
    void over.then(() => process.send?.(statuses));
  });
  process.on('disconnect', () => void pool.close());
  process.send?.('ready');
} else {
  await storm(performance.now() + Number(seconds) * 1_000, key);
  await pool.close();
  stdout.write(JSON.stringify(statuses));
}
