import { randomUUID } from 'node:crypto';
import { tierLimits } from '@stellar-memory/protocol';
import { isUuid } from '../../domain/ids.js';
import { MigrationError } from './migration-error.js';
import type { OwnerConnection } from './owner-connection.js';
import { type LegacyTable, legacyTables, v1Columns } from './v1-schema.js';

/** What of v1 is in a database that was never migrated. */
export interface LegacyData {
  /** Rows of each v1 table that is there. */
  readonly rows: ReadonlyMap<LegacyTable, number>;
  /** What stands in the way of adopting it, in words. */
  readonly problems: readonly string[];
}

/** How a v1 database is adopted. */
export interface AdoptionPlan {
  readonly tables: readonly LegacyTable[];
  readonly legacyOwner: string;
  /** Set when the owner has no account yet: the migration makes one. */
  readonly account: { readonly email: string; readonly tier: string } | undefined;
}

/** Looks for v1's tables, counts their rows and finds what stands in the way. Changes nothing. */
export async function findLegacyData(connection: OwnerConnection): Promise<LegacyData> {
  const columns = await connection.query<{ relation: string; name: string }>(
    `select table_name as relation, column_name as name from information_schema.columns
      where table_schema = 'public' and table_name = any($1)`,
    [legacyTables],
  );
  const rows = new Map<LegacyTable, number>();
  const problems: string[] = [];
  for (const table of legacyTables) {
    const found = columns.filter((column) => column.relation === table).map(({ name }) => name);
    if (found.length === 0) continue;
    const missing = v1Columns[table].filter((column) => !found.includes(column));
    if (missing.length > 0)
      problems.push(
        `Table ${table} is not the one of v1.0.0: it has no ${missing.join(', ')}. Bring it to v1.0.0 first.`,
      );
    rows.set(table, await countRows(connection, table));
  }
  if (problems.length === 0) problems.push(...(await findBadRows(connection, rows)));
  return { rows, problems };
}

async function countRows(connection: OwnerConnection, table: LegacyTable): Promise<number> {
  const [row] = await connection.query<{ rows: number }>(
    `select count(*)::float8 as rows from public.${table}`,
  );
  return row?.rows ?? 0;
}

async function findBadRows(
  connection: OwnerConnection,
  rows: LegacyData['rows'],
): Promise<string[]> {
  const problems: string[] = [];
  if (rows.has('users')) {
    const tiers = await connection.query<{ tier: string }>(
      `select distinct tier from public.users where tier not in ('free', 'pro', 'team', 'promax', 'local')`,
    );
    for (const { tier } of tiers)
      problems.push(
        `Some users have the unknown tier "${tier}": set free, pro or team before migrating.`,
      );
  }
  if (rows.has('api_keys')) {
    const [twins] = await connection.query<{ hashes: number }>(
      `select count(*)::int as hashes
         from (select from public.api_keys group by key_hash having count(*) > 1) as twins`,
    );
    if (twins !== undefined && twins.hashes > 0)
      problems.push(
        `${twins.hashes} API keys are stored twice (same key_hash): delete all but one of each before migrating.`,
      );
  }
  return problems;
}

/** Whether a database holds anything of v1 that needs an owner. */
export const hasRows = (data: LegacyData): boolean => [...data.rows.values()].some((n) => n > 0);

/**
 * Decides whose v1's memories become. Changes nothing.
 *
 * @param legacyOwner e-mail or id of an account; a new e-mail only where v1 has no accounts at all.
 * @returns `undefined` when there is nothing to adopt.
 */
export async function planAdoption(
  connection: OwnerConnection,
  legacyOwner: string | undefined,
): Promise<AdoptionPlan | undefined> {
  const data = await findLegacyData(connection);
  if (data.problems.length > 0) throw new MigrationError(data.problems.join('\n'));
  if (!hasRows(data)) return undefined;
  if (legacyOwner === undefined) throw new MigrationError(ownerMissing(data));
  const tables = [...data.rows.keys()];
  if ((data.rows.get('users') ?? 0) > 0)
    return {
      tables,
      legacyOwner: await findAccount(connection, legacyOwner),
      account: undefined,
    };
  if (!legacyOwner.includes('@'))
    throw new MigrationError(
      'v1 has no accounts here: give --legacy-owner an e-mail address, and the migration makes the account.',
    );
  const tier = smallestTier(data.rows.get('memories') ?? 0);
  return {
    tables,
    legacyOwner: randomUUID(),
    account: { email: legacyOwner.trim().toLowerCase(), tier },
  };
}

const ownerMissing = ({ rows }: LegacyData): string =>
  `This database holds rows of v1 (${[...rows].map(([table, n]) => `${table}: ${n}`).join(', ')}). ` +
  'v1 kept no owner with a memory: name the account that gets them with --legacy-owner <e-mail or id>. Nothing was changed.';

/** Id of the account with this e-mail or id, as v1 stored it. */
export async function findAccount(connection: OwnerConnection, named: string): Promise<string> {
  const by = isUuid(named.toLowerCase()) ? 'id = $1::uuid' : 'lower(email) = lower($1)';
  const [account] = await connection.query<{ id: string }>(
    `select id::text as id from public.users where ${by} order by created_at limit 1`,
    [named.trim()],
  );
  if (account === undefined)
    throw new MigrationError(
      `No account has the e-mail or id "${named}" that --legacy-owner names. Nothing was changed.`,
    );
  return account.id;
}

/** The cheapest tier that is sold and holds so many memories: the owner's next store must not be refused. */
const smallestTier = (memories: number): string =>
  (['free', 'pro', 'promax'] as const).find(
    (tier) => memories < (tierLimits[tier].memories ?? 0),
  ) ?? 'promax';

/** Notes who owns v1's memories, before any of its tables is touched. */
export async function recordAdoption(
  connection: OwnerConnection,
  plan: AdoptionPlan,
): Promise<void> {
  await connection.query(
    `insert into legacy_adoption as a (tables, legacy_owner, created_email, created_tier)
     values ($1::text[], $2::uuid, $3, $4)
     on conflict (id) do update
        set legacy_owner = excluded.legacy_owner, created_email = excluded.created_email,
            created_tier = excluded.created_tier`,
    [plan.tables, plan.legacyOwner, plan.account?.email ?? null, plan.account?.tier ?? null],
  );
}
