import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../../../scripts/free-port.mjs';
import { buildServer } from '../app/build.js';
import { verifies } from '../support/verifies.js';
import { Terminal } from './terminal.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const readme = join(import.meta.dirname, '../../../../README.md');
const program = 'node packages/server/bin/stellar-memory.mjs';

let folder: string;
let env: Record<string, string>;
const terminals: Terminal[] = [];

beforeAll(() => buildServer());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stellar-sync-'));
  env = { STELLAR_DATA_DIR: folder, STELLAR_PORT: String(await freePort()), LOG_LEVEL: 'warn' };
});
afterEach(async () => {
  await Promise.all(terminals.splice(0).map((terminal) => terminal.close()));
  await rm(folder, { recursive: true });
});

function openTerminal(): Terminal {
  const terminal = new Terminal(env);
  terminals.push(terminal);
  return terminal;
}

describe('stellar-memory sync', () => {
  verifies('F5');

  test('the two terminals of the README show what it says they show', async () => {
    const section = /## Two terminals\n(.*?)\n## /s.exec(await readFile(readme, 'utf8'))?.[1] ?? '';
    const blocks = [...section.matchAll(/```(?:sh|text)\n(.*?)```/gs)].map(([, block = '']) =>
      block.trim().split('\n'),
    );
    const [first = [], second = [], promised = []] = blocks;
    const [one, two] = [openTerminal(), openTerminal()];
    let servers = 0;
    for (const line of first) {
      one.type(line);
      if (line.includes(' serve ')) {
        servers += 1;
        await one.shows(new RegExp(`(is ready at.*?){${servers}}`, 's'));
        if (servers === 1) two.type(`${second.join('\n')} 2>&1`);
        await two.shows(new RegExp(`(Up to date.*?){${servers}}`, 's'));
      }
      const [, stored] = / store "(.*)"/.exec(line) ?? [];
      if (stored !== undefined) await two.shows(new RegExp(`^\\+ \\S+ ${stored}$`, 'm'));
      if (line.includes('kill')) await two.shows(/Offline/);
    }
    expect(servers).toBe(2);
    // npm has remarks of its own on some machines.
    const lines = two.shown
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('npm warn'));
    const shown = lines.map(withoutDetails);
    expect(promised.map(withoutDetails)).toEqual(shown);
  });

  test('without --watch it prints what happened since the last time, as JSON too, and ends', async () => {
    const server = openTerminal();
    server.type(`exec ${program} serve`);
    await server.shows(/is ready at/);
    const user = openTerminal();
    const sync = async (flags: string): Promise<string[]> => {
      const before = user.shown.length;
      user.type(`${program} sync ${flags} 2>&1; echo "ended with $?"`);
      const ends = before === 0 ? 1 : user.shown.split('ended with').length;
      await user.shows(new RegExp(`(ended with \\d.*?){${ends}}`, 's'));
      return user.shown.slice(before).trim().split('\n');
    };
    expect(await sync('')).toEqual(['Up to date with change 0: 0 memories.', 'ended with 0']);
    user.type(`${program} store "one"; ${program} store "two"`);
    await user.shows(/(Stored .*?){2}/s);
    await user.shows(/(Stored [^\n]*\n.*?){2}/s);
    expect((await sync('')).map(withoutDetails)).toEqual([
      '+ … one',
      '+ … two',
      'Up to date with change 2: 2 memories.',
      'ended with 0',
    ]);
    const asJson = await sync('--json --replica "$STELLAR_DATA_DIR/other"');
    expect(asJson).toEqual(['Up to date with change 2: 2 memories.', 'ended with 0']);
    user.type(`${program} store "three" > "$STELLAR_DATA_DIR/told" && echo kept`);
    await user.shows(/kept/);
    const [line = ''] = await sync('--json --replica "$STELLAR_DATA_DIR/other"');
    expect(JSON.parse(line)).toMatchObject({ op: 'store', memory: { content: 'three' } });
  });

  test('a server that is not there is an error without --watch', async () => {
    const user = openTerminal();
    user.type(`STELLAR_API_KEY=sm_live_any ${program} sync 2>&1; echo "ended with $?"`);
    await user.shows(/ended with 1/);
    expect(user.shown).toContain('No whole answer came from http://127.0.0.1:');
  });
});

/** Ids, and what went wrong in the words of the platform, differ from time to time. */
const withoutDetails = (line: string): string =>
  line.replace(/^([+~-]) \S+/, '$1 …').replace(/^(Offline, trying again\.).*/, '$1');
