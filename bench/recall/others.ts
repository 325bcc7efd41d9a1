import { queryKinds } from '../harness/queries.js';
import { rounded } from '../harness/report.js';
import { ask } from './ask.js';
import type { Goals } from './goals.js';
import { keysOf, type Served, type Size } from './tenants.js';

/** Turns of either before anything counts: both servers have just begun. */
const warmUps = 3;
const rounds = 9;
const mostRatio = 1.25;

/**
 * What the rows of others cost a tenant: the same tenant in a database of his own and among all the others, asked in
 * turns, so that what the machine does meanwhile strikes both alike.
 */
export async function compareWithAlone(
  { alone, among, size }: { readonly alone: Served; readonly among: Served; readonly size: Size },
  seconds: number,
  goals: Goals,
): Promise<void> {
  const one = { ...size, tenants: 1 };
  const sides = await Promise.all(
    [alone, among].map(async (served) => ({
      server: served.server,
      keys: await keysOf(served, one),
    })),
  );
  const kind = queryKinds[1]!;
  const p50 = async (at: number, seed: number): Promise<number> =>
    (await ask(sides[at]!.server, sides[at]!.keys, kind, seconds, { seed })).p50;
  for (let round = 0; round < warmUps; round += 1) for (const at of [0, 1]) await p50(at, 1);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = round % 2;
    const [a, b] = [await p50(first, round), await p50(1 - first, round)];
    ratios.push(first === 0 ? b / a : a / b);
  }
  ratios.sort((a, b) => a - b);
  const median = ratios[(rounds - 1) / 2]!;
  goals.hold(
    `${size.memories} memories: p50 among the rows of others ÷ alone`,
    `${rounded(median, 2)} (${rounds} rounds, ${rounded(ratios[0]!, 2)}–${rounded(ratios.at(-1)!, 2)})`,
    `≤ ${mostRatio}`,
    median <= mostRatio,
  );
}
