import { randomUUID } from 'node:crypto';
import { syncProtocol } from '@stellar-memory/protocol';
import { WebSocket } from 'ws';
import { expectJson } from './calls.js';
import type { Tally } from './tally.js';
import type { ProbeTenant } from './tenants.js';

/** The same matrix over the socket: nobody without a key is let in, and a stranger's frames bring nothing of others. */
export async function probeFrames(
  origin: string,
  victim: ProbeTenant,
  attackerKey: string,
  credentials: ReadonlyMap<string, string | undefined>,
  tally: Tally,
): Promise<void> {
  for (const [name, credential] of credentials) {
    if (credential === undefined) continue;
    const status = await refusalOf(origin, credential);
    tally.check(status === 401, () => `a socket with key ${name}: ${status}, expected 401`);
  }
  const { cursor } = await expectJson<{ cursor: string }>(origin, victim.key, {
    method: 'GET',
    path: '/api/v1/changes',
  });
  for (const place of [cursor, null]) {
    const said = await converse(origin, attackerKey, place, framesAt(victim));
    for (const frame of said)
      tally.search(
        'a stranger’s socket',
        { status: 101, body: frame, everything: frame },
        JSON.stringify(framesAt(victim)),
      );
    const acks = said.filter((frame) => frame.startsWith('{"t":"ack"'));
    tally.check(
      acks.length === 3,
      () => `${acks.length} of 3 mutations over a socket were answered`,
    );
    for (const ack of acks)
      tally.check(
        /"code":"not_found"/.test(ack),
        () => `a stranger’s mutation was answered ${ack}`,
      );
  }
  const own = await converse(origin, victim.key, null, []);
  // A probe that cannot find the canaries of their owner would prove nothing.
  tally.check(
    own.some((frame) => frame.includes(victim.words)),
    () => 'the owner’s socket tells nothing of his',
  );
}

const framesAt = ({ memoryId }: ProbeTenant): object[] =>
  [
    { op: 'edit', id: memoryId, set: { content: 'taken over' } },
    { op: 'recalled', id: memoryId },
    { op: 'forget', id: memoryId },
  ].map((op) => ({ t: 'mut', mid: randomUUID(), hlc: `${Date.now()}.0`, ops: [op] }));

const open = (origin: string, key: string): WebSocket =>
  new WebSocket(`${origin.replace(/^http/, 'ws')}/api/v1/sync`, [syncProtocol], {
    headers: { authorization: `Bearer ${key}` },
  });

/** Status of the answer instead of a socket; 101 when there is one. */
function refusalOf(origin: string, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = open(origin, key);
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

/** Says hello and the frames; answers all that came until it had caught up and every frame had its answer. */
function converse(
  origin: string,
  key: string,
  cursor: string | null,
  frames: readonly object[],
): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = open(origin, key);
    const said: string[] = [];
    let due = frames.length + 1;
    socket.on('open', () => {
      for (const frame of [{ t: 'hello', agent: 'probe', cursor }, ...frames])
        socket.send(JSON.stringify(frame));
    });
    socket.on('message', (data: Buffer) => {
      said.push(data.toString());
      if (/^\{"t":"(sync|ack|error)"/.test(said.at(-1)!)) due -= 1;
      if (due === 0) socket.terminate();
    });
    socket.on('close', () => resolve(said));
    socket.on('error', reject);
  });
}
