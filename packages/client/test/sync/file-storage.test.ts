import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileStorage } from '../../src/sync/file-storage.js';
import type { StorageWrite } from '../../src/sync/sync-storage.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stellar-storage-'));
  path = join(folder, 'below', 'replica');
});
afterEach(() => rm(folder, { recursive: true }));

/** Opens it, does something, closes it, and answers what was in it when it was opened. */
async function opened(...batches: StorageWrite[][]): Promise<Map<string, unknown>> {
  const storage = fileStorage(path);
  try {
    const entries = new Map(await storage.load());
    await Promise.all(batches.map((batch) => storage.commit(batch)));
    return entries;
  } finally {
    await storage.close();
  }
}

const write = fc.oneof(
  fc.tuple(fc.constantFrom('a', 'b', 'm/1', 'm/2'), fc.jsonValue()),
  fc.tuple(fc.constantFrom('a', 'b', 'm/1', 'm/2')),
) as fc.Arbitrary<StorageWrite>;
const batches = fc.array(fc.array(write, { maxLength: 4 }), { maxLength: 8 });

/** What a map would hold. */
function expected(all: readonly StorageWrite[][]): Map<string, unknown> {
  const map = new Map<string, unknown>();
  for (const [key, value] of all.flat())
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  return map;
}

/** As JSON has it: no negative zero. */
const plain = (map: ReadonlyMap<string, unknown>): unknown =>
  JSON.parse(JSON.stringify([...map].toSorted(([a], [b]) => (a < b ? -1 : 1))));

describe('a file', () => {
  test('holds what a map would, whenever it is closed and opened', async () => {
    await fc.assert(
      fc.asyncProperty(batches, batches, async (first, second) => {
        await rm(path, { force: true });
        await opened(...first);
        await opened(...second);
        expect(plain(await opened())).toEqual(plain(expected([...first, ...second])));
      }),
      { numRuns: 60 },
    );
  });

  test('cut short by a crash at any byte, holds the batches before, whole', async () => {
    const all: StorageWrite[][] = [
      [
        ['a', 1],
        ['b', '둘'],
      ],
      [['a'], ['c', { d: [3] }]],
      [['b', 4]],
    ];
    const storage = fileStorage(path);
    await storage.load();
    const sizes: number[] = [];
    for (const batch of all) {
      await storage.commit(batch);
      sizes.push((await stat(path)).size);
    }
    const bytes = await readFile(path);
    await storage.close();
    for (let length = 0; length <= bytes.length; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      const whole = all.slice(0, sizes.filter((size) => size <= length).length);
      expect(plain(await opened())).toEqual(plain(expected(whole)));
    }
  });

  test('does not grow with what is outdated', async () => {
    const text = 'x'.repeat(10_000);
    await opened(
      ...Array.from({ length: 300 }, (_, n): StorageWrite[] => [['same', `${n}${text}`]]),
    );
    expect((await stat(path)).size).toBeLessThan(2_000_000);
    expect((await opened()).get('same')).toBe(`299${text}`);
    expect((await stat(path)).size).toBeLessThan(11_000);
  });

  test('belongs to its owner and to one process', async () => {
    const storage = fileStorage(path);
    await storage.load();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(fileStorage(path).load()).rejects.toThrow(`process ${process.pid} uses this`);
    await storage.close();
    await opened();
  });

  test('whose process was killed is taken over', async () => {
    await opened([['a', 1]]);
    const noProcess = 2 ** 22 + 1;
    await writeFile(`${path}.lock`, String(noProcess));
    expect(await opened()).toEqual(new Map([['a', 1]]));
    // The same process id, as a container has it after a restart.
    await writeFile(`${path}.lock`, String(process.pid));
    expect(await opened()).toEqual(new Map([['a', 1]]));
  });

  test('that is damaged within says so instead of guessing', async () => {
    await opened([['a', 1]]);
    await writeFile(path, `${await readFile(path, 'utf8')}[["b",\n[["c",1]]\n`);
    await expect(opened()).rejects.toThrow('is damaged');
  });

  test('that cannot be written refuses that batch and every later one', async () => {
    const storage = fileStorage(path);
    await storage.load();
    const circular: { self?: unknown } = {};
    circular.self = circular;
    await expect(storage.commit([['a', circular as never]])).rejects.toThrow('circular');
    await expect(storage.commit([['b', 1]])).rejects.toThrow('circular');
    await storage.close();
    expect(await opened()).toEqual(new Map());
  });
});
