import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../../../../', import.meta.url));

function generate(...args: string[]): { status: number | null; err: string } {
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
  const script = join(root, 'scripts/generate-reference.mjs');
  const command = [tsx, '--conditions=stellar:source', script, ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { status, err: stderr };
}

test('a reference page that the code no longer says fails the check, and so does one it never said', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stellar-reference-'));
  try {
    expect(generate('--folder', folder).status).toBe(0);
    expect(generate('--folder', folder, '--check')).toEqual({ status: 0, err: '' });
    await appendFile(join(folder, 'configuration.md'), 'edited by hand\n');
    await writeFile(join(folder, 'forgotten.md'), 'of an operation that is gone\n');
    expect(generate('--folder', folder, '--check')).toEqual({
      status: 1,
      err: 'configuration.md is stale: npm run docs\nforgotten.md is stale: npm run docs\n',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the committed reference is what the code says', () => {
  expect(generate('--check')).toEqual({ status: 0, err: '' });
});
