import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DirectoryInUse, lockDirectory } from '../../src/storage/embedded/directory-lock.js';
import { lifeSignState, showLifeSign } from '../../src/storage/embedded/life-sign.js';
import { ownIdentity } from '../../src/storage/embedded/process-identity.js';
import { type EmbeddedProcess, startEmbeddedProcess } from '../support/embedded-process.js';

describe('the lock of an embedded data directory', () => {
  let directory: string;
  let started: EmbeddedProcess[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stellar-lock-'));
    started = [];
  });
  afterEach(async () => {
    await Promise.all(started.map((process) => process.kill()));
    await rm(directory, { recursive: true });
  });

  const start = (task: string): EmbeddedProcess => {
    const process = startEmbeddedProcess(task, directory);
    started.push(process);
    return process;
  };
  const lockFile = () => join(directory, 'engine.lock');
  const forge = (change: object) =>
    writeFile(
      lockFile(),
      JSON.stringify({
        ...ownIdentity(),
        id: 'forged',
        socket: null,
        since: '2026-01-01',
        ...change,
      }),
    );

  test('is refused while its holder lives, in words that say who holds it and what to do', async () => {
    const holder = start('lock');
    expect(await holder.word()).toBe('locked');
    const refused = lockDirectory(directory);
    await expect(refused).rejects.toBeInstanceOf(DirectoryInUse);
    await expect(refused).rejects.toThrow(`process ${holder.child.pid} on `);
    await expect(refused).rejects.toThrow('Stop that process');
    expect(await start('lock').word()).toContain(`refused: The data directory is in use`);
  });

  test('is not taken from a holder that is stopped and answers nobody', async () => {
    const holder = start('lock');
    expect(await holder.word()).toBe('locked');
    holder.child.kill('SIGSTOP');
    await expect(lockDirectory(directory)).rejects.toBeInstanceOf(DirectoryInUse);
  });

  test('is not taken twice by one process', async () => {
    const lock = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toBeInstanceOf(DirectoryInUse);
    lock.release();
  });

  test('passes on when it was released, and leaves no file behind', async () => {
    const first = await lockDirectory(directory);
    first.release();
    const second = await lockDirectory(directory);
    second.release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('of a killed process is replaced', async () => {
    const holder = start('lock');
    expect(await holder.word()).toBe('locked');
    await holder.kill();
    const lock = await lockDirectory(directory);
    expect(JSON.parse(await readFile(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  });

  test('of a dead process goes to exactly one of six that ask at once', async () => {
    const holder = start('lock');
    expect(await holder.word()).toBe('locked');
    await holder.kill();
    const words = await Promise.all(Array.from({ length: 6 }, () => start('lock').word()));
    expect(words.filter((word) => word === 'locked')).toHaveLength(1);
    expect(words.filter((word) => word?.startsWith('refused'))).toHaveLength(5);
  });

  test('of a dead process whose id was given to another is replaced', async () => {
    await forge({ startTime: '1' });
    (await lockDirectory(directory)).release();
  });

  test('of this machine before its last start is replaced', async () => {
    await forge({ bootId: 'an-earlier-boot' });
    (await lockDirectory(directory)).release();
  });

  test('of another machine is respected, and the message says what to delete if it is gone', async () => {
    await forge({ bootId: 'elsewhere', host: 'another-host', pid: 1 });
    const refused = lockDirectory(directory);
    await expect(refused).rejects.toThrow('process 1 on another-host');
    await expect(refused).rejects.toThrow(`delete ${lockFile()}`);
  });

  describe.runIf(process.platform === 'linux')(
    'of another container, whose processes are hidden',
    () => {
      const elsewhere = { pidNamespace: 'pid:[1]', host: 'another-container', pid: 1 };

      test('is respected while its socket answers', async () => {
        const lifeSign = await showLifeSign(directory, 'theirs');
        await forge({ ...elsewhere, socket: lifeSign?.name });
        await expect(lockDirectory(directory)).rejects.toThrow(
          'is in use by process 1 on another-c',
        );
        lifeSign?.withdraw();
      });

      test('is replaced when its socket is there and nobody listens', async () => {
        const holder = start('lock');
        expect(await holder.word()).toBe('locked');
        const { socket } = JSON.parse(await readFile(lockFile(), 'utf8')) as { socket: string };
        await forge({ ...elsewhere, socket });
        await expect(lockDirectory(directory)).rejects.toBeInstanceOf(DirectoryInUse);
        await holder.kill();
        (await lockDirectory(directory)).release();
        expect(await readdir(directory)).toEqual([]);
      });

      test('is respected when it showed no socket: nothing says that it is gone', async () => {
        await forge(elsewhere);
        await expect(lockDirectory(directory)).rejects.toThrow(`delete ${lockFile()}`);
      });

      test('answers in a directory whose path is longer than a socket path may be', async () => {
        const deep = join(directory, 'd'.repeat(120));
        await mkdir(deep);
        const lifeSign = await showLifeSign(deep, 'deep');
        expect(await lifeSignState(deep, lifeSign?.name ?? '')).toBe('alive');
        lifeSign?.withdraw();
      });
    },
  );

  test('that cannot be read is respected', async () => {
    await writeFile(lockFile(), 'not ours');
    await expect(lockDirectory(directory)).rejects.toThrow('cannot be read');
  });

  test('of a process that died while it replaced another is replaced too', async () => {
    const holder = start('lock');
    expect(await holder.word()).toBe('locked');
    await holder.kill();
    const dead = await readFile(lockFile(), 'utf8');
    await writeFile(`${lockFile()}.next`, dead);
    (await lockDirectory(directory)).release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('is released only by its holder', async () => {
    const lock = await lockDirectory(directory);
    await forge({ id: 'somebody else' });
    lock.release();
    expect(await readdir(directory)).toEqual(['engine.lock']);
  });
});
