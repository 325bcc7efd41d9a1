import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { type Foreign, FrameMaker, numbersOf } from './fuzzed-frames.js';
import { connectSocket } from './socket-client.js';

/** `npm run prove:frames` sends a million. */
const frameCount = Number(process.env['SYNC_FRAMES'] ?? 20_000);
/** The same frames in every run; SYNC_SEED tries others. */
const seed = Number(process.env['SYNC_SEED'] ?? 20_251_123);
/** Refused frames close a connection after 50. */
const framesASocket = 45;
const lanes = 8;
const canary = `canary-${randomUUID()}`;
/** What the process may grow by, its clients included, however many frames come. */
const maxGrowthBytes = 400 * 1024 * 1024;

describeEngines('frames of a stranger', (engine) => {
  verifies('F5', 'FR-09', 'NFR-isolation');
  let db: TestDatabase;
  let server: FullServer;
  let victim: string;
  let stranger: string;
  let foreign: Foreign;

  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
    const { key, userId } = await server.createAccount('victim@example.com', 'promax');
    victim = key;
    ({ key: stranger } = await server.createAccount('stranger@example.com', 'promax'));
    const memoryIds: string[] = [];
    const mids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const [mid, id] = [randomUUID(), randomUUID()];
      const op = { op: 'store', id, memory: { content: `${canary} ${n}` } };
      const mutations = [{ mid, hlc: `${Date.now()}.0`, ops: [op] }];
      const path = `${server.url}/api/v1/mutations`;
      expect((await send(path, jsonBody({ mutations }, { 'X-API-Key': key }))).status).toBe(200);
      memoryIds.push(id);
      mids.push(mid);
    }
    const { cursor } = (await changes()) as { cursor: string };
    const unfinished = ((await changes('?limit=1')) as { cursor: string }).cursor;
    foreign = { userId, memoryIds, mids, cursors: [cursor, unfinished] };
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  /** What the victim reads of his feed. */
  const changes = async (query = ''): Promise<unknown> =>
    (await send(`${server.url}/api/v1/changes${query}`, { headers: { 'X-API-Key': victim } })).json;

  /** Sends frames on one socket until each is answered. Answers whatever came, as text. */
  async function attack(agent: string, frames: FrameMaker, count: number): Promise<string[]> {
    const client = await connectSocket(server.url, { headers: { 'X-API-Key': stranger } });
    const said: string[] = [];
    let answers = 0;
    const answered = new Promise<void>((resolve) => {
      client.socket.on('message', (data: Buffer) => {
        const text = data.toString();
        said.push(text);
        if (/^\{"t":"(ack|error)"/.test(text)) answers += 1;
        if (answers >= count) resolve();
      });
    });
    client.send(frames.hello(agent));
    for (let n = 0; n < count; n += 1) client.socket.send(frames.next());
    await Promise.race([answered, client.closed]);
    client.socket.terminate();
    return said;
  }

  test('of any kind bring nothing of another tenant, change nothing of his and do not end the server', {
    timeout: 60_000 + frameCount * 20,
  }, async () => {
    const before = await changes();
    const rssBefore = process.memoryUsage().rss;
    let acks = 0;
    let refusals = 0;
    const leaks: string[] = [];
    const lane = async (number: number): Promise<void> => {
      const frames = new FrameMaker(numbersOf(seed + number), foreign);
      while (acks + refusals < frameCount) {
        for (const text of await attack(`lane-${number}`, frames, framesASocket)) {
          if (text.includes(canary)) leaks.push(text);
          if (text.startsWith('{"t":"ack"')) acks += 1;
          if (text.startsWith('{"t":"error"')) refusals += 1;
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
    const growth = process.memoryUsage().rss - rssBefore;
    process.stdout.write(
      `frames on ${engine.name}: ${acks} mutations answered, ${refusals} refused, ${leaks.length} of another tenant, ${Math.round(growth / 1024 / 1024)} MB more\n`,
    );
    expect(leaks).toEqual([]);
    expect(await changes()).toEqual(before);
    expect(acks).toBeGreaterThan(0);
    expect(refusals).toBeGreaterThan(acks);
    expect(server.log.filter((line) => line.includes('met a fault'))).toEqual([]);
    expect(growth).toBeLessThan(maxGrowthBytes);
  });

  test('and the check can fail: the victim himself is told the canary', async () => {
    expect(JSON.stringify(await changes())).toContain(canary);
  });
});
