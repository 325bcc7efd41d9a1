import type { UserId } from '../../src/domain/ids.js';
import type { Sql } from '../../src/storage/sql.js';
import type { TenantTransaction } from '../../src/storage/tenant-door.js';
import type { TestDatabase } from './engines.js';

/**
 * The plans of all statements of some work, made as the app role for this tenant. The work meets no rows, and
 * changes none.
 */
export async function planOf(
  { tenants }: Pick<TestDatabase, 'tenants'>,
  user: UserId,
  work: (tx: TenantTransaction) => Promise<unknown>,
): Promise<string> {
  const lines: string[] = [];
  await tenants.withTenant(user, async (tx) => {
    const explain = async <Row>(statement: Sql<Row>): Promise<Row[]> => {
      const plan = await tx.query<{ 'QUERY PLAN': string }>({
        ...statement,
        text: `explain ${statement.text}`,
      } as Sql<{ 'QUERY PLAN': string }>);
      lines.push(...plan.map((row) => row['QUERY PLAN']));
      return [];
    };
    await work({ ...tx, userId: tx.userId, ending: tx, query: explain });
  });
  return lines.join('\n');
}
