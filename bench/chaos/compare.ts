import { isDeepStrictEqual } from 'node:util';
import type { Memory } from '@stellar-memory/protocol';
import type pg from 'pg';
import type { MemoryState } from '../../packages/server/src/domain/merge.js';
import type { Ledger } from './ledger.js';
import type { Reader } from './reader.js';

/** What the database, the ledger and the replicas disagree about. */
export interface Verdict {
  /** Acknowledged but not there, or not as acknowledged. */
  lost: number;
  /** There without having been acknowledged, or counted too often. */
  duplicated: number;
  /** Memories in which a replica differs from the database. */
  diverged: number;
  /** Counters of the tenant that are not what is there. */
  miscounted: number;
  readonly examples: string[];
}

interface Row {
  id: string;
  content: string;
  metadata: Record<string, unknown>;
  importance: number;
  pinned: boolean;
  speaker: string | null;
  zone: number;
  recalls: number;
  created_at: number;
}

/** One tenant, when all is quiet. */
export async function compareTenant(
  database: pg.Client,
  userId: string,
  ledger: Ledger,
  readers: readonly Reader[],
): Promise<Verdict> {
  const { rows } = await database.query<Row>(
    `select m.id, m.content, m.metadata, m.arbitrary_importance as importance, m.pinned, m.speaker, m.zone,
            m.created_at, (m.recall_count + coalesce(r.recall_count, 0))::integer as recalls
       from memories m left join memory_recalls r on r.user_id = m.user_id and r.memory_id = m.id
      where m.user_id = $1`,
    [userId],
  );
  const verdict: Verdict = { lost: 0, duplicated: 0, diverged: 0, miscounted: 0, examples: [] };
  compareLedger(new Map(rows.map((row) => [row.id, row])), ledger, verdict);
  for (const reader of readers) compareReplica(rows, reader.memories, verdict);
  verdict.miscounted =
    (await database.query<{ off: number }>(counters, [userId])).rows[0]?.off ?? 1;
  return verdict;
}

const counters = `
  select case when zone_0 + zone_1 + zone_2 + zone_3 + zone_4 =
              (select count(*) from memories m where m.user_id = u.user_id) then 0 else 1 end as off
    from tenant_usage u where user_id = $1`;

function compareLedger(rows: ReadonlyMap<string, Row>, ledger: Ledger, verdict: Verdict): void {
  const ids = new Set(ledger.ids);
  for (const id of ids) {
    const row = rows.get(id);
    const expected = ledger.expected(id, Math.round((row?.created_at ?? 0) * 1000));
    if ((expected.is === 'live') !== (row !== undefined)) note(verdict, 'lost', [expected, row]);
    if (expected.is === 'live' && row !== undefined) compareMemory(row, expected, verdict);
  }
  for (const id of rows.keys()) if (!ids.has(id)) note(verdict, 'duplicated', [id]);
}

function compareMemory(
  row: Row,
  expected: Extract<MemoryState, { readonly is: 'live' }>,
  verdict: Verdict,
): void {
  const { fields, recalls } = expected;
  const wanted = [
    fields.content,
    fields.metadata,
    fields.importance,
    fields.pinned,
    fields.speaker,
  ];
  const have = [row.content, row.metadata, row.importance, row.pinned, row.speaker];
  const same = isDeepStrictEqual(
    wanted.map((register) => register?.value),
    have,
  );
  if (!same || row.recalls < recalls) note(verdict, 'lost', [expected, row]);
  if (row.recalls > recalls) note(verdict, 'duplicated', [expected, row]);
}

function compareReplica(
  rows: readonly Row[],
  replica: ReadonlyMap<string, Memory>,
  verdict: Verdict,
): void {
  if (replica.size !== rows.length) note(verdict, 'diverged', [replica.size, rows.length]);
  for (const row of rows) {
    const memory = replica.get(row.id);
    const have = memory && [
      memory.content,
      memory.metadata,
      memory.importance,
      memory.pinned,
      memory.speaker,
      memory.zone,
    ];
    const wanted = [row.content, row.metadata, row.importance, row.pinned, row.speaker, row.zone];
    if (!isDeepStrictEqual(wanted, have)) note(verdict, 'diverged', [wanted, have]);
  }
}

function note(verdict: Verdict, what: 'lost' | 'duplicated' | 'diverged', example: unknown): void {
  verdict[what] += 1;
  if (verdict.examples.length < 5) verdict.examples.push(`${what} ${JSON.stringify(example)}`);
}
