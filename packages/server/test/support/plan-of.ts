import type { UserId } from '../../src/domain/ids.js';
import type { Database, Transaction } from '../../src/storage/database.js';
import type { Sql } from '../../src/storage/sql.js';
import { createTenantDoor, type TenantTransaction } from '../../src/storage/tenant-door.js';
import type { TestDatabase } from './engines.js';

/** A statement, and how it ran. */
export interface ExplainedStatement {
  readonly text: string;
  /** Of `explain (analyze)`. */
  readonly plan: string;
}

/** The same database; each statement is explained before it runs. What writes is run by its explanation, and not again. */
export const explaining = (
  database: Database,
  onStatement: (explained: ExplainedStatement) => void,
): Database => ({
  engine: database.engine,
  transaction: (scope, work, options) =>
    database.transaction(scope, (tx) => work(explained(tx, onStatement)), options),
  close: () => database.close(),
});

const explained = (
  tx: Transaction,
  onStatement: (explained: ExplainedStatement) => void,
): Transaction => ({
  async query<Row>(statement: Sql<Row>, then?: 'commit'): Promise<Row[]> {
    const { text } = statement;
    const reads = text.trimStart().startsWith('select');
    const [plan, rows] = await Promise.all([
      tx.query({ ...statement, text: `explain (analyze) ${text}` } as Sql<PlanRow>),
      reads ? tx.query(statement, then) : [],
    ]);
    onStatement({ text, plan: plan.map((row) => row['QUERY PLAN']).join('\n') });
    return rows;
  },
});

interface PlanRow {
  readonly 'QUERY PLAN': string;
}

/** The plans of all statements of some work, as the app role for this tenant, with their times. Nothing is changed. */
export async function planOf(
  { database }: Pick<TestDatabase, 'database'>,
  user: UserId,
  work: (tx: TenantTransaction) => Promise<unknown>,
): Promise<string> {
  const plans: string[] = [];
  const undone = new Error('undone');
  await createTenantDoor(explaining(database, ({ plan }) => plans.push(plan)))
    .withTenant(user, async (tx) => {
      await work(tx);
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  return plans.join('\n');
}

/** Milliseconds that the statements of a plan took together. */
export const millisecondsOf = (plan: string): number =>
  Array.from(plan.matchAll(/Execution Time: ([\d.]+) ms/g), ([, ms]) => Number(ms)).reduce(
    (sum, ms) => sum + ms,
    0,
  );
