import type { UserId } from '../../src/domain/ids.js';
import { analysisVersion } from '../../src/recall/analysis/version.js';
import { DocumentColumns } from '../../src/recall/index/document-columns.js';
import { facetsOf } from '../../src/recall/index/facets.js';
import { mergeTerms } from '../../src/recall/index/merge-terms.js';
import { SegmentWriter } from '../../src/recall/index/segment-writer.js';
import { TermGroups } from '../../src/recall/index/term-groups.js';
import { sessionKey, termHash } from '../../src/recall/index/term-hash.js';
import { type BlockRow, insertBlocks } from '../../src/storage/statements/index-blocks.js';
import { claimIndex, swapSegments } from '../../src/storage/statements/index-states.js';
import type { TestDatabase } from './engines.js';

const turnsASession = 20;
const secondsATurn = 60;
const firstSecond = 1_700_000_000;
const spread = [1, 2, 3, 4, 5, 6];
const spreadOver = 5_000;
/** Bytes of blocks that are written at once. */
const batchBytes = 1024 * 1024;

/** Words without vowels, so that stemming leaves them as they are; each is the same for the same number. */
const code = (number: number): string =>
  String(number).replace(/\d/g, (digit) => 'bcdfghjkmn'[Number(digit)]!);

/** The words of the memories that {@link fillBulk} makes, from the one in all of them to those in a single one. */
export const bulkWord = {
  inAll: 'wl',
  inEverySecond: (n: number) => `wh${code(n % 2)}`,
  inEveryTwentieth: (n: number) => `wt${code(n % 20)}`,
  inEveryThousandth: (n: number) => `wm${code(n % 1_000)}`,
  /** In six of five thousand. */
  typical: (n: number) => `wv${code(n % spreadOver)}`,
  inTen: (n: number) => `wr${code(Math.floor(n / 10))}`,
  inOne: (n: number) => `wn${code(n)}`,
} as const;

const wordsOf = (n: number): string[] => [
  bulkWord.inAll,
  bulkWord.inEverySecond(n),
  bulkWord.inEveryTwentieth(n),
  bulkWord.inEveryThousandth(n),
  ...spread.map((step) => bulkWord.typical(n * 7_919 + step * 104_729)),
  bulkWord.inTen(n),
  bulkWord.inOne(n),
];

/**
 * Memories of a tenant by the hundred thousand, in seconds: rows by one statement behind the doors, and their index as
 * one segment by the writer that merges use. Every memory has twelve words (see {@link bulkWord}), a session of twenty
 * turns, one of five agents, one of five zones and one of a hundred topics.
 */
export async function fillBulk(db: TestDatabase, user: UserId, memories: number): Promise<void> {
  await insertRows(db, user, memories);
  await writeSegment(db, user, memories);
}

async function insertRows({ owner }: TestDatabase, user: UserId, memories: number): Promise<void> {
  const coded = (number: string): string =>
    `translate((${number})::text, '0123456789', 'bcdfghjkmn')`;
  const typical = spread.map(
    (step) => `' wv' || ${coded(`(n * 7919 + ${step * 104_729}) % ${spreadOver}`)}`,
  );
  // Neither triggers nor foreign keys: what they would record is not read here, and takes most of the time.
  await owner.exec('set session_replication_role = replica');
  await owner.exec(`
    insert into memories (user_id, id, doc, content, created_at, last_recalled_at, updated_at, occurred_at, zone,
                          metadata, agent_id, session_id, speaker, total_score)
    select '${user}', 'm' || n, n,
           'wl wh' || ${coded('n % 2')} || ' wt' || ${coded('n % 20')} || ' wm' || ${coded('n % 1000')}
             || ${typical.join(' || ')} || ' wr' || ${coded('n / 10')} || ' wn' || ${coded('n')},
           ${firstSecond} + n * ${secondsATurn}, 0, 0, ${firstSecond} + n * ${secondsATurn}, n % 5,
           jsonb_build_object('topic', n % 100), 'agent-' || n % 5, 'session-' || n / ${turnsASession},
           case n % 2 when 0 then 'Ann' else 'Bo' end, 0.1
      from generate_series(0::bigint, ${memories - 1}) n;
    update tenant_usage set next_doc = ${memories}, zone_0 = ${memories}, version = version + 1
     where user_id = '${user}'`);
  await owner.exec('set session_replication_role = origin');
}

async function writeSegment({ tenants }: TestDatabase, user: UserId, memories: number) {
  const claim = (await tenants.withTenant(user, (tx) => claimIndex(tx, 60)))!;
  const { columns, terms } = indexOf(memories);
  const plan = { firstDoc: 0, endDoc: memories, sharedBytes: terms.sharedBytes };
  let rows: BlockRow[] = [];
  const writer = new SegmentWriter(
    { ...claim, ...plan, analysis: analysisVersion },
    columns,
    (row) => {
      rows.push(row);
    },
  );
  await mergeTerms([], terms, writer, { read: async () => [], breathe: async () => undefined });
  const facts = writer.end();
  const rowsAtOnce = Math.ceil((rows.length * batchBytes) / facts.bytes);
  for (; rows.length > 0; rows = rows.slice(rowsAtOnce))
    await tenants.withTenant(user, (tx) => insertBlocks(tx, rows.slice(0, rowsAtOnce)));
  await tenants.withTenant(user, (tx) => swapSegments(tx, claim, memories, [facts]));
}

function indexOf(memories: number): { columns: DocumentColumns; terms: TermGroups } {
  const columns = new DocumentColumns(memories);
  const terms = new TermGroups();
  const groups = new Map<string, number>();
  const groupOf = (word: string): number => {
    const bytes = Buffer.from(word);
    const group = terms.of(termHash(bytes), bytes, 0, bytes.length);
    groups.set(word, group);
    return group;
  };
  for (let n = 0; n < memories; n += 1) {
    const words = wordsOf(n);
    columns.append(n, {
      length: words.length,
      flags: 0,
      day: Math.floor((firstSecond + n * secondsATurn) / 86_400),
      session: sessionKey(`session-${Math.floor(n / turnsASession)}`),
      speaker: n % 2 === 0 ? 'Ann' : 'Bo',
    });
    const facets = facetsOf({ agentId: `agent-${n % 5}`, metadata: { topic: n % 100 } });
    for (const term of [...words, ...facets]) terms.push(groups.get(term) ?? groupOf(term), n, 1);
  }
  return { columns, terms };
}
