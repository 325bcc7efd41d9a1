import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  dataFolder,
  keep,
  makeDataFolder,
  newSecret,
  readKept,
} from '../../src/config/data-folder.js';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'stellar-folder-'));
});
afterEach(() => rm(parent, { recursive: true }));

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test('the folder and what is kept in it are for their owner only', async () => {
  const folder = dataFolder(join(parent, 'deep', 'data'));
  await makeDataFolder(folder);
  await keep(folder.secret, newSecret);
  expect(await modeOf(folder.path)).toBe(0o700);
  expect(await modeOf(folder.secret)).toBe(0o600);
});

test('a secret is made once and has 32 bytes or more', async () => {
  const path = join(parent, 'secret');
  const first = await keep(path, newSecret);
  const second = await keep(path, newSecret);
  expect(first.made).toBe(true);
  expect(second).toEqual({ text: first.text, made: false });
  expect(Buffer.byteLength(first.text)).toBeGreaterThanOrEqual(32);
});

test('a write that a crash cut off is not taken for the secret', async () => {
  const path = join(parent, 'secret');
  await writeFile(`${path}.new`, 'half a sec');
  expect((await keep(path, newSecret)).made).toBe(true);
  expect(await readdir(parent)).toEqual(['secret']);
  expect(await readFile(path, 'utf8')).not.toContain('half a sec');
});

test('nothing kept is nothing read', async () => {
  expect(await readKept(join(parent, 'local-key'))).toBeUndefined();
});
