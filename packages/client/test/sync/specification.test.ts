import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../..');

/** A test that an invariant of the specification names. */
interface Named {
  readonly invariant: string;
  readonly path: string;
  readonly name: string;
}

/** The tests that each invariant names; one that names none has an empty list. */
function namedIn(page: string): Map<string, Named[]> {
  const invariants = [...page.matchAll(/^([A-Z]\d+)\. (.+)$/gm)];
  return new Map(
    invariants.map(([, invariant = '', text = '']) => {
      let path = '';
      const named = text.split(/(?=`packages\/)|; /).flatMap((part) => {
        path = /`(packages\/[^`]+)`/.exec(part)?.[1] ?? path;
        const name = /› (.+?)\s*$/.exec(part)?.[1];
        return name === undefined ? [] : [{ invariant, path, name: name.replace(/;$/, '') }];
      });
      return [invariant, named];
    }),
  );
}

/** The tests that are not there. */
async function missingOf(named: readonly Named[]): Promise<Named[]> {
  const sources = await Promise.all(
    named.map(({ path }) => readFile(join(root, path), 'utf8').catch(() => '')),
  );
  return named.filter(({ name }, index) => !sources[index]!.includes(`'${name}'`));
}

describe('the specification of sync', async () => {
  const invariants = namedIn(await readFile(join(root, 'docs/specs/sync.md'), 'utf8'));

  test('numbers its invariants, each with a test that is there', async () => {
    expect(invariants.size).toBeGreaterThan(15);
    expect([...invariants].filter(([, named]) => named.length === 0)).toEqual([]);
    expect(await missingOf([...invariants.values()].flat())).toEqual([]);
  });

  test('and the check can fail: a test that is not there is found', async () => {
    const page =
      'X1. Says so. `packages/client/test/sync/specification.test.ts` › is nowhere\n' +
      'X2. Names none.\n';
    const invented = namedIn(page);
    expect(await missingOf(invented.get('X1')!)).toHaveLength(1);
    expect(invented.get('X2')).toEqual([]);
  });
});
