import { setTimeout as pause } from 'node:timers/promises';
import { databaseWords, isSessionLost, MigrationError, sqlStateOf } from './migration-error.js';
import type { Step } from './migration-files.js';
import type { OwnerConnection } from './owner-connection.js';
import type { OnProgress } from './progress.js';

/** Where a step runs. */
export interface StepContext {
  readonly connection: OwnerConnection;
  readonly onProgress: OnProgress;
  /** Name of the migration. */
  readonly name: string;
  /** Statement that notes the step as done. */
  readonly note: string;
  /** Milliseconds to wait for a lock before stepping back; see `lockTimeoutMs`. */
  readonly lockTimeoutMs: number;
  /** Times a step that could not have its lock is tried. */
  readonly lockAttempts: number;
}

/** Runs one step and notes it as done; tries again while others hold the locks it needs. */
export async function runStep(step: Step, context: StepContext): Promise<void> {
  context.onProgress({ event: 'step', name: context.name, title: step.title });
  try {
    await kinds[step.kind](step, context);
  } catch (error) {
    if (error instanceof MigrationError || sqlStateOf(error) === undefined) throw error;
    throw new MigrationError(
      `Migration ${context.name}, step "${step.title}": ${databaseWords(error)}`,
      { cause: error },
    );
  }
  context.onProgress({ event: 'step-done', name: context.name, title: step.title });
}

const kinds: Record<Step['kind'], (step: Step, context: StepContext) => Promise<void>> = {
  transaction: (step, context) => patiently(step, context, () => runTransaction(step, context)),
  online: async (step, context) => {
    await patiently(step, context, () => runOnline(context.connection, step.text));
    await context.connection.exec(context.note);
  },
  batches: async (step, context) => {
    await runBatches(step, context);
    await context.connection.exec(context.note);
  },
  each: async (step, context) => {
    const rows = await context.connection.query<Record<string, string>>(step.text);
    for (const row of rows)
      for (const text of Object.values(row))
        await patiently(step, context, () => runOnline(context.connection, text));
    await context.connection.exec(context.note);
  },
};

function runTransaction(step: Step, context: StepContext): Promise<void> {
  const { connection, lockTimeoutMs } = context;
  return inTransaction(connection, async () => {
    if (connection.engine === 'postgres')
      await connection.exec(`set local lock_timeout = 10000; ${keepVacuumOut}`);
    await connection.exec(
      `set local lock_timeout = ${lockTimeoutMs}; ${step.text};\n${context.note}`,
    );
  });
}

/**
 * Autovacuum gives way only to who has waited for `deadlock_timeout` (1 s), and a step that waits so long for
 * its own lock holds up everybody behind it. Who waits for this weaker lock holds up nobody who reads or writes;
 * once it is had, autovacuum stays away until the transaction ends.
 */
const keepVacuumOut = `
  do $$ declare relation regclass; begin
    for relation in select oid from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and pg_has_role(relowner, 'USAGE') order by relname
    loop
      execute format('lock table %s in share update exclusive mode', relation);
    end loop;
  end $$`;

async function inTransaction<T>(connection: OwnerConnection, work: () => Promise<T>): Promise<T> {
  await connection.exec('begin');
  try {
    const result = await work();
    await connection.exec('commit');
    return result;
  } catch (error) {
    if (!isSessionLost(error)) await connection.exec('rollback');
    throw error;
  }
}

/** Rows of the first batch and of the largest. */
const batchRows = 5_000;

/** Whoever writes a row of a batch waits until its end: this long, more or less. */
const batchMs = 100;

/** Repeats the statement with as many rows (`$1`) as take `batchMs`, until it finds none. */
async function runBatches(step: Step, context: StepContext): Promise<void> {
  let rows = 0;
  let limit = batchRows;
  for (;;) {
    const from = performance.now();
    const done = await patiently(step, context, () => runBatch(step, context, limit));
    if (done === 0) return;
    rows += done;
    context.onProgress({ event: 'rows', name: context.name, title: step.title, rows });
    const fitting = (limit * batchMs) / (performance.now() - from);
    limit = Math.round(Math.min(batchRows, Math.max(batchRows / 10, fitting)));
  }
}

function runBatch(step: Step, context: StepContext, limit: number): Promise<number> {
  const { connection, lockTimeoutMs } = context;
  return inTransaction(connection, async () => {
    // A batch is a small part of a large table, which the planner would rather read as a whole every time.
    await connection.exec(
      `set local lock_timeout = ${lockTimeoutMs}; set local enable_seqscan = off;
       set local enable_hashjoin = off; set local enable_mergejoin = off`,
    );
    const [answer] = await connection.query<{ done: number }>(step.text, [limit]);
    return answer?.done ?? 0;
  });
}

/**
 * One statement outside a transaction. What a killed `create index concurrently` left is dropped first.
 * The embedded engine has one session, so nobody is disturbed and nothing need be concurrent there.
 */
async function runOnline(connection: OwnerConnection, text: string): Promise<void> {
  if (connection.engine === 'embedded')
    return connection.exec(text.replace(/\bindex concurrently\b/i, 'index'));
  const made = /^create (?:unique )?index concurrently if not exists "?(\w+)"?/im.exec(text)?.[1];
  if (made !== undefined && (await isInvalid(connection, made)))
    await connection.exec(`drop index concurrently "${made}"`);
  await connection.exec(text);
}

async function isInvalid(connection: OwnerConnection, index: string): Promise<boolean> {
  const rows = await connection.query(
    'select from pg_index where indexrelid = to_regclass($1) and not indisvalid',
    [`public.${index}`],
  );
  return rows.length > 0;
}

/** Steps back and tries again when a lock is not to be had: others must not queue up behind us. */
async function patiently<T>(step: Step, context: StepContext, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!lockStates.has(sqlStateOf(error) ?? '') || attempt >= context.lockAttempts) throw error;
      context.onProgress({
        event: 'waiting-for-a-lock',
        name: context.name,
        title: step.title,
        attempt,
      });
      await pause(Math.min(5_000, 50 * 2 ** attempt) * (0.5 + Math.random() / 2));
    }
  }
}

/** lock_not_available, deadlock_detected. */
const lockStates: ReadonlySet<string> = new Set(['55P03', '40P01']);
