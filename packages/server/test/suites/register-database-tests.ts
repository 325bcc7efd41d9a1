import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userId } from '../../src/domain/ids.js';
import type { Scope, Transaction } from '../../src/storage/database.js';
import { sql } from '../../src/storage/sql.js';
import type { TestDatabase, TestEngine } from '../support/engines.js';
import { verifies } from '../support/verifies.js';

const tenant = (): Scope => ({ role: 'stellar_app', userId: userId(randomUUID()) });
const system: Scope = { role: 'stellar_system' };

/** A table of the suite's own, so that it holds for any schema. */
const schema = `
  create table conformance_rows (
    user_id uuid not null, id int not null, note text, primary key (user_id, id)
  );
  create policy tenant on conformance_rows to stellar_app
    using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
    with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
  alter table conformance_rows enable row level security;
  alter table conformance_rows force row level security;
  grant select, insert, update, delete on conformance_rows to stellar_app;
  create function refuse_late() returns trigger language plpgsql as
    $$ begin raise exception 'refused at commit' using errcode = '23514'; end $$;
  create constraint trigger refuse_late after insert on conformance_rows
    deferrable initially deferred for each row when (new.note = 'late refusal')
    execute function refuse_late();
`;

/** What the database port promises. Each engine registers it; neither may need a line of its own. */
export function registerDatabaseTests(engine: TestEngine): void {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await engine.open({ poolSize: 4 });
    await db.owner.exec(schema);
  });
  afterAll(() => db.close());

  const add = (tx: Transaction, scope: Scope, id: number, note = '', then?: 'commit') =>
    tx.query(
      sql`insert into conformance_rows values (${'userId' in scope ? scope.userId : null}, ${id}, ${note})`,
      then,
    );
  const ids = async (scope: Scope): Promise<number[]> =>
    db.database.transaction(scope, async (tx) => {
      const rows = await tx.query(sql<{ id: number }>`select id from conformance_rows order by id`);
      return rows.map(({ id }) => id);
    });

  describe('a transaction', () => {
    test('keeps its work when it resolves, and resolves with the result', async () => {
      const scope = tenant();
      const result = await db.database.transaction(scope, async (tx) => {
        await add(tx, scope, 1);
        return 'done';
      });
      expect(result).toBe('done');
      expect(await ids(scope)).toEqual([1]);
    });

    test('leaves nothing when its work rejects, and rejects with the same error', async () => {
      const scope = tenant();
      const failure = new Error('changed my mind');
      const running = db.database.transaction(scope, async (tx) => {
        await add(tx, scope, 1);
        throw failure;
      });
      await expect(running).rejects.toBe(failure);
      expect(await ids(scope)).toEqual([]);
    });

    test('without a statement is fine', async () => {
      expect(await db.database.transaction(tenant(), async () => 7)).toBe(7);
    });

    test('sends statements that are not awaited in their order', async () => {
      const scope = tenant();
      const seen = await db.database.transaction(scope, async (tx) => {
        const writes = Array.from({ length: 50 }, (_, id) => add(tx, scope, id));
        const read = tx.query(
          sql<{ count: number }>`select count(*)::int as count from conformance_rows`,
        );
        await Promise.all(writes);
        return read;
      });
      expect(seen).toEqual([{ count: 50 }]);
    });

    test('refuses statements after its end', async () => {
      const kept: Transaction[] = [];
      await db.database.transaction(tenant(), async (tx) => void kept.push(tx));
      await expect(kept[0]?.query(sql`select 1`)).rejects.toThrow('after the end');
    });

    test('that hides the failure of a statement is not reported as committed', async () => {
      const scope = tenant();
      const running = db.database.transaction(scope, async (tx) => {
        await add(tx, scope, 1);
        await tx.query(sql`select 1 / 0`).catch(() => undefined);
      });
      await expect(running).rejects.toThrow('rolled back at commit');
      expect(await ids(scope)).toEqual([]);
    });

    test('that failed does not touch the one behind it', async () => {
      const scope = tenant();
      const failing = db.database.transaction(scope, (tx) => tx.query(sql`select 1 / 0`));
      const following = db.database.transaction(scope, (tx) => add(tx, scope, 2));
      await expect(failing).rejects.toMatchObject({ sqlState: '22012' });
      await following;
      expect(await ids(scope)).toEqual([2]);
    });

    for (const before of [0, 1]) {
      const name = before === 0 ? 'the only one' : 'one of two';
      const ending = (scope: Scope, id: number, note = '') =>
        db.database.transaction(scope, async (tx) => {
          if (before === 1) await add(tx, scope, 100 + id);
          return add(tx, scope, id, note, 'commit');
        });

      test(`has committed when its last statement, ${name}, takes the commit along`, async () => {
        const scope = tenant();
        await ending(scope, 1);
        expect(await ids(scope)).toEqual(before === 0 ? [1] : [1, 101]);
      });

      test(`leaves nothing when that statement fails, ${name}`, async () => {
        const scope = tenant();
        await db.database.transaction(scope, (tx) => add(tx, scope, 1));
        await expect(ending(scope, 1)).rejects.toMatchObject({ sqlState: '23505' });
        expect(await ids(scope)).toEqual([1]);
      });

      test(`rejects when the commit itself fails behind that statement, ${name}`, async () => {
        const scope = tenant();
        await expect(ending(scope, 1, 'late refusal')).rejects.toMatchObject({ sqlState: '23514' });
        expect(await ids(scope)).toEqual([]);
      });
    }

    test('gives each of several statements its own answer when one of them fails', async () => {
      const answers = await db.database
        .transaction(tenant(), async (tx) => {
          const all = [sql`select 1 as n`, sql`select 1 / 0`, sql`select 2 as n`];
          const settled = await Promise.allSettled(all.map((statement) => tx.query(statement)));
          throw Object.assign(new Error('seen'), { seen: settled.map(({ status }) => status) });
        })
        .catch((error: unknown) => (error as { seen: unknown }).seen);
      expect(answers).toEqual(['fulfilled', 'rejected', 'rejected']);
    });
  });

  describe('its scope', () => {
    const who = sql<{ role: string; tenant: string; superuser: boolean }>`
      select current_user::text as role, current_setting('app.current_user_id') as tenant,
        (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as superuser`;

    test('is the role and the tenant it names, with no right to pass row security', async () => {
      verifies('NFR-rls');
      const scope = tenant();
      const [row] = await db.database.transaction(scope, (tx) => tx.query(who));
      expect(row).toEqual({
        role: 'stellar_app',
        tenant: 'userId' in scope ? scope.userId : '',
        superuser: false,
      });
      const [systemRow] = await db.database.transaction(system, (tx) => tx.query(who));
      expect(systemRow).toEqual({ role: 'stellar_system', tenant: '', superuser: false });
    });

    test('shows a tenant only his rows, whatever the statement says', async () => {
      verifies('NFR-rls', 'NFR-isolation');
      const [one, other] = [tenant(), tenant()];
      await db.database.transaction(one, (tx) => add(tx, one, 1));
      await db.database.transaction(other, (tx) => add(tx, other, 2));
      expect(await ids(one)).toEqual([1]);
      expect(await ids(other)).toEqual([2]);
    });

    test('cannot write a row of somebody else', async () => {
      verifies('NFR-isolation');
      const writing = db.database.transaction(tenant(), (tx) => add(tx, tenant(), 1));
      await expect(writing).rejects.toMatchObject({ sqlState: '42501' });
    });

    test('does not outlive its transaction: a session without a tenant sees no row and no error', async () => {
      verifies('NFR-isolation');
      const scope = tenant();
      await db.database.transaction(scope, (tx) => add(tx, scope, 1));
      const left = await db.asApp(`select current_setting('app.current_user_id', true) as tenant`);
      expect([null, '']).toContain((left[0] as { tenant: string | null }).tenant);
      expect(await db.asApp('select * from conformance_rows')).toEqual([]);
    });

    test('is not confused by 200 interleaved transactions of 20 tenants', async () => {
      verifies('NFR-isolation');
      const tenants = Array.from({ length: 20 }, tenant);
      await Promise.all(
        tenants.map((scope, id) => db.database.transaction(scope, (tx) => add(tx, scope, id))),
      );
      const looks = Array.from({ length: 200 }, async (_, turn) => {
        const id = turn % tenants.length;
        expect(await ids(tenants[id]!)).toEqual([id]);
      });
      await Promise.all(looks);
    });

    test('of the system role opens no tenant table', async () => {
      const reading = db.database.transaction(system, (tx) =>
        tx.query(sql`select * from conformance_rows`),
      );
      await expect(reading).rejects.toMatchObject({ sqlState: '42501' });
    });
  });

  describe('a read-only transaction', () => {
    test('refuses to write', async () => {
      const scope = tenant();
      for (const then of [undefined, 'commit'] as const) {
        const writing = db.database.transaction(scope, (tx) => add(tx, scope, 1, '', then), {
          readOnly: true,
        });
        await expect(writing).rejects.toMatchObject({ sqlState: '25006' });
      }
      expect(await ids(scope)).toEqual([]);
    });

    test('reads what was committed just before', async () => {
      const scope = tenant();
      for (let id = 0; id < 20; id += 1) {
        await db.database.transaction(scope, (tx) => add(tx, scope, id));
        const rows = await db.database.transaction(
          scope,
          (tx) => tx.query(sql`select id from conformance_rows`),
          { readOnly: true },
        );
        expect(rows).toHaveLength(id + 1);
      }
    });
  });

  describe('a deadline', () => {
    const endless = sql`select count(*) from generate_series(1, 100000000000)`;

    test('ends a statement that overruns it, and the data survives', async () => {
      const scope = tenant();
      await db.database.transaction(scope, (tx) => add(tx, scope, 1));
      const started = performance.now();
      const running = db.database.transaction(
        scope,
        async (tx) => {
          await add(tx, scope, 2);
          await tx.query(endless);
        },
        { timeoutMs: 300 },
      );
      await expect(running).rejects.toMatchObject({ code: 'deadline_exceeded' });
      expect(performance.now() - started).toBeLessThan(5_000);
      expect(await ids(scope)).toEqual([1]);
    });

    test('ends work that waits for something else while it holds the transaction', async () => {
      const scope = tenant();
      const running = db.database.transaction(
        scope,
        async (tx) => {
          await add(tx, scope, 1);
          await new Promise(() => undefined);
        },
        { timeoutMs: 100 },
      );
      await expect(running).rejects.toMatchObject({ code: 'deadline_exceeded' });
      expect(await ids(scope)).toEqual([]);
    });

    test('of one transaction does not fail those that wait behind it', async () => {
      const scope = tenant();
      const overrun = db.database.transaction(scope, (tx) => tx.query(endless), { timeoutMs: 200 });
      const others = Array.from({ length: 10 }, (_, id) =>
        db.database.transaction(scope, (tx) => add(tx, scope, id), { timeoutMs: 15_000 }),
      );
      await expect(overrun).rejects.toMatchObject({ code: 'deadline_exceeded' });
      await Promise.all(others);
      expect(await ids(scope)).toHaveLength(10);
    });
  });

  describe('errors', () => {
    const failing = (statement: ReturnType<typeof sql>) =>
      db.database.transaction(tenant(), (tx) => tx.query(statement));

    test('carry SQLSTATE and constraint, seen from inside the work too', async () => {
      const scope = tenant();
      const seen: unknown[] = [];
      const twice = db.database.transaction(scope, async (tx) => {
        await add(tx, scope, 1);
        await add(tx, scope, 1).catch((error: unknown) => {
          seen.push(error);
          throw error;
        });
      });
      const expected = { sqlState: '23505', constraint: 'conformance_rows_pkey' };
      await expect(twice).rejects.toMatchObject(expected);
      expect(seen).toEqual([expect.objectContaining(expected)]);
    });

    test.each([
      ['a NUL in text', sql`select ${'a\0b'}::text`],
      ['a NUL in JSON', sql`select ${'{"a":"\\u0000"}'}::jsonb`],
      ['JSON that is none', sql`select ${'{'}::jsonb`],
    ])('of %s are invalid_content', async (_, statement) => {
      await expect(failing(statement)).rejects.toMatchObject({ code: 'invalid_content' });
    });

    test('of a statement that does not parse leave the session usable', async () => {
      await expect(failing(sql`selct 1`)).rejects.toMatchObject({ sqlState: '42601' });
      await expect(failing(sql`select $2::int`)).rejects.toThrow('database error');
      expect(await ids(tenant())).toEqual([]);
    });

    test('of a value too deep for the stack leave nothing of their transaction, and the next one runs', async () => {
      const scope = tenant();
      const deep = '['.repeat(60_000) + ']'.repeat(60_000);
      const running = db.database.transaction(scope, async (tx) => {
        await add(tx, scope, 1);
        await tx.query(sql`select ${deep}::jsonb`);
      });
      // statement_too_complex; the embedded engine breaks over it and starts again.
      await expect(running).rejects.toMatchObject({ sqlState: '54001' });
      expect(await ids(scope)).toEqual([]);
    });

    test('say nothing to a client: the message is the SQLSTATE only', async () => {
      const scope = tenant();
      await db.database.transaction(scope, (tx) => add(tx, scope, 1));
      const error: unknown = await db.database
        .transaction(scope, (tx) => add(tx, scope, 1, 'secret'))
        .catch((caught: unknown) => caught);
      expect(String(error)).not.toContain('secret');
    });
  });

  describe('values', () => {
    const one = async (statement: ReturnType<typeof sql>): Promise<unknown> => {
      const rows = await db.database.transaction(tenant(), (tx) => tx.query(statement));
      return (rows[0] as { v: unknown }).v;
    };

    test.each([
      ['int4', sql`select 7 as v`, 7],
      ['int8', sql`select 9007199254740991::int8 as v`, 9007199254740991],
      ['int8[]', sql`select array[1, null, 3]::int8[] as v`, [1, null, 3]],
      ['an empty int8[]', sql`select '{}'::int8[] as v`, []],
      ['count(*)', sql`select count(*) as v from generate_series(1, 3)`, 3],
      ['float8', sql`select 0.1::float8 as v`, 0.1],
      ['float8 infinity', sql`select 'Infinity'::float8 as v`, Number.POSITIVE_INFINITY],
      ['float8[]', sql`select array[0.5, 1.25]::float8[] as v`, [0.5, 1.25]],
      ['boolean', sql`select true as v`, true],
      ['null', sql`select null::text as v`, null],
      ['text', sql`select ${'김치 "quoted" \\ and 🪐'}::text as v`, '김치 "quoted" \\ and 🪐'],
      ['varchar', sql`select 'x'::varchar(5) as v`, 'x'],
      [
        'uuid',
        sql`select '5b0e8b1e-0d0a-4a52-8c52-0c1a3a1d0f11'::uuid as v`,
        '5b0e8b1e-0d0a-4a52-8c52-0c1a3a1d0f11',
      ],
      ['jsonb', sql`select ${'{"a":[1,null,"b"]}'}::jsonb as v`, { a: [1, null, 'b'] }],
      ['JSON null', sql`select 'null'::jsonb as v`, null],
      [
        'timestamptz',
        sql`select '2026-03-01T12:00:00.123Z'::timestamptz as v`,
        new Date('2026-03-01T12:00:00.123Z'),
      ],
      [
        'text[]',
        sql`select ${['a', 'b,c', '"', '\\', '', 'NULL']}::text[] as v`,
        ['a', 'b,c', '"', '\\', '', 'NULL'],
      ],
      ['text[] with a null', sql`select ${['a', null]}::text[] as v`, ['a', null]],
      ['an empty text[]', sql`select ${[]}::text[] as v`, []],
      [
        'uuid[]',
        sql`select ${['5b0e8b1e-0d0a-4a52-8c52-0c1a3a1d0f11']}::uuid[] as v`,
        ['5b0e8b1e-0d0a-4a52-8c52-0c1a3a1d0f11'],
      ],
    ])('of %s are as the port says', async (_, statement, expected) => {
      expect(await one(statement)).toEqual(expected);
    });

    test('of int8 beyond 2^53 are an error, and the session goes on', async () => {
      await expect(one(sql`select 9007199254740993::int8 as v`)).rejects.toThrow(RangeError);
      expect(await one(sql`select 1 as v`)).toBe(1);
    });

    test.each([
      ['number', 42.5, sql`select ${42.5}::float8 as v`],
      ['negative zero as zero', 0, sql`select ${-0}::int as v`],
      ['boolean', false, sql`select ${false}::boolean as v`],
      ['null', null, sql`select ${null}::int as v`],
      ['int array', [1, 2], sql`select ${[1, 2]}::int[] as v`],
      ['boolean array', [true, false], sql`select ${[true, false]}::boolean[] as v`],
    ])('go in as parameters: %s', async (_, expected, statement) => {
      expect(await one(statement)).toEqual(expected);
    });

    test('of bytea go in and come out as they are, up to a megabyte', async () => {
      for (const length of [0, 1, 255, 1_000_000]) {
        const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256);
        const back = await one(sql`select ${bytes}::bytea as v`);
        expect(back).toBeInstanceOf(Uint8Array);
        expect(Buffer.compare(back as Uint8Array, bytes)).toBe(0);
      }
    });

    test('of bytea arrays keep every element, slices of a larger buffer too', async () => {
      const whole = Uint8Array.from([9, 0, 92, 34, 255, 9]);
      const parts = [whole.subarray(1, 5), new Uint8Array(), null];
      const rows = await db.database.transaction(tenant(), (tx) =>
        tx.query(sql<{ b: Uint8Array | null }>`select b from unnest(${parts}::bytea[]) as b`),
      );
      expect(rows.map(({ b }) => (b === null ? null : [...b]))).toEqual([
        [0, 92, 34, 255],
        [],
        null,
      ]);
      const array = (await one(sql`select ${parts}::bytea[] as v`)) as (Uint8Array | null)[];
      expect(array.map((b) => (b === null ? null : [...b]))).toEqual([[0, 92, 34, 255], [], null]);
    });

    test('of many rows all arrive', async () => {
      const rows = await db.database.transaction(tenant(), (tx) =>
        tx.query(sql<{ n: number; t: string }>`
          select n, repeat('x', 200) as t from generate_series(1, 20000) n`),
      );
      expect(rows).toHaveLength(20_000);
      expect(rows.at(-1)).toEqual({ n: 20_000, t: 'x'.repeat(200) });
    });
  });

  describe('concurrency', () => {
    test('serves 100 transactions at once, each with its own answer', async () => {
      const scope = tenant();
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, id) =>
          db.database.transaction(scope, async (tx) => {
            await add(tx, scope, id);
            const rows = await tx.query(
              sql<{ id: number }>`select id from conformance_rows where id = ${id}`,
            );
            return rows[0]?.id;
          }),
        ),
      );
      expect(results).toEqual(Array.from({ length: 100 }, (_, id) => id));
    });

    test('lets exactly one of 50 racing conditional updates win', async () => {
      const scope = tenant();
      await db.database.transaction(scope, (tx) => add(tx, scope, 0));
      const wins = await Promise.all(
        Array.from({ length: 50 }, (_, turn) =>
          db.database.transaction(scope, (tx) =>
            tx.query(
              sql`update conformance_rows set note = ${`${turn}`} where id = 0 and note = '' returning id`,
            ),
          ),
        ),
      );
      expect(wins.flat()).toHaveLength(1);
    });
  });

  describe('closing', () => {
    test('waits for transactions that run, refuses later ones and may be called twice', async () => {
      const own = await engine.open({ poolSize: 2 });
      try {
        await own.owner.exec(schema);
        const scope = tenant();
        let begun = (): void => undefined;
        const running = new Promise<void>((resolve) => {
          begun = resolve;
        });
        const work = own.database.transaction(scope, async (tx) => {
          await add(tx, scope, 1);
          begun();
          return tx.query(sql<{ n: number }>`select count(*)::int as n from conformance_rows`);
        });
        await running;
        const closing = [own.database.close(), own.database.close()];
        await expect(own.database.transaction(scope, async () => 1)).rejects.toMatchObject({
          code: 'unavailable',
        });
        expect(await work).toEqual([{ n: 1 }]);
        await Promise.all(closing);
      } finally {
        await own.close();
      }
    });
  });
}
