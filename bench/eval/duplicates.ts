// npx tsx --conditions=stellar:source bench/eval/duplicates.ts [--data <folder>]
// How well near duplicates and contradictions are told from everything else: on statements made here, on Korean
// paraphrases and on conversations. `near` counts what is linked, `merged` what would be merged.
import { parseArgs } from 'node:util';
import { compare, nearFrom } from '../../packages/server/src/recall/sameness/compare.js';
import {
  type Statement,
  statementOf as statementOrDocument,
} from '../../packages/server/src/recall/sameness/statement.js';
import { readConversations } from './conversations.js';
import { readParaphrases } from './paraphrases.js';
import { line, table } from './print.js';
import { type Kind, kinds, type StatementPair, statementPairs } from './statement-pairs.js';

const { values } = parseArgs({
  options: { data: { type: 'string' } },
});
const thresholds = [0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9];
const noStatement = statementOrDocument('')!;
const statementOf = (text: string): Statement => statementOrDocument(text) ?? noStatement;
const percent = (part: number, all: number): string =>
  all === 0 ? '–' : ((100 * part) / all).toFixed(1);

/** What would be done at a threshold; it is what `compare` says at its own. */
function verdictOf(one: Statement, other: Statement, from: number): 'merged' | Kind {
  const found = compare(one, other, from);
  if (found === undefined) return 'other';
  if (found.relation === 'contradicts') return 'contradicts';
  return found.saysAll === 'neither' ? 'near' : 'merged';
}

const isNear = (said: string): boolean => said === 'near' || said === 'merged';

interface Pair extends StatementPair {
  readonly one: Statement;
  readonly other: Statement;
}

function generated(): void {
  const pairs = statementPairs(20).map((pair) => ({
    ...pair,
    one: statementOf(pair.first),
    other: statementOf(pair.second),
  }));
  line(`\n${pairs.length} pairs of statements made here`);
  byThreshold(pairs);
  byWhatWasMade(pairs);
}

function byThreshold(pairs: readonly Pair[]): void {
  const near = pairs.filter(({ kind }) => kind === 'near').length;
  const rows = thresholds.map((from) => {
    const judged = pairs.map(({ one, other, kind }) => ({
      kind,
      said: verdictOf(one, other, from),
    }));
    const linked = judged.filter(({ said }) => isNear(said));
    const merged = judged.filter(({ said }) => said === 'merged');
    return [
      `${from}${from === nearFrom ? ' *' : ''}`,
      ...[linked, merged].flatMap((found) => {
        const right = found.filter(({ kind }) => kind === 'near').length;
        return [percent(right, found.length), percent(right, near)];
      }),
    ];
  });
  table([['from', 'near: precision', 'recall', 'merged: precision', 'recall'], ...rows]);
}

function byWhatWasMade(pairs: readonly Pair[]): void {
  line('\nwhat was made (rows) and what it was taken for, in %');
  const judged = pairs.map((pair) => ({
    ...pair,
    said: verdictOf(pair.one, pair.other, nearFrom),
  }));
  const names = [...new Set(judged.map(({ kind, how }) => `${kind}: ${how}`))];
  const said = ['merged', ...kinds];
  table([
    ['', 'pairs', ...said],
    ...names.map((name) => {
      const of = judged.filter(({ kind, how }) => `${kind}: ${how}` === name);
      const taken = said.map((one) => of.filter((pair) => pair.said === one).length);
      return [name, String(of.length), ...taken.map((count) => percent(count, of.length))];
    }),
  ]);
  const found = judged.filter((pair) => pair.said === 'contradicts');
  const meant = judged.filter(({ kind }) => kind === 'contradicts');
  const right = found.filter(({ kind }) => kind === 'contradicts').length;
  line(
    `contradictions: precision ${percent(right, found.length)}, recall ${percent(right, meant.length)}`,
  );
}

/** Every pair of texts that shares enough to be found by a search. */
function paraphrases(data: string): void {
  const { documents } = readParaphrases(data, 10);
  const texts = documents.map(({ content }) => content);
  const statements = texts.map(statementOf);
  const rows = thresholds.map((from) => {
    let [right, wrong] = [0, 0];
    const found = new Set<number>();
    eachClosePair(statements, (one, other) => {
      const said = verdictOf(statements[one]!, statements[other]!, from);
      if (said !== 'near' && said !== 'merged') return;
      if (Math.floor(one / 10) === Math.floor(other / 10)) right += 1;
      else wrong += 1;
      found.add(one).add(other);
    });
    return [String(from), String(right), String(wrong), percent(right, right + wrong)];
  });
  line(`\n${texts.length} Korean sentences, ten of them each say the same`);
  table([['from', 'pairs that say the same', 'others', 'precision'], ...rows]);
}

async function conversations(data: string): Promise<void> {
  const corpora = await readConversations(data, 'without captions');
  const turns = corpora.reduce((sum, { documents }) => sum + documents.length, 0);
  const rows = thresholds.map((from) => {
    const counts = { merged: 0, near: 0, contradicts: 0, other: 0 };
    for (const { documents } of corpora) {
      const statements = documents.map(({ content }) => statementOf(content));
      const seen = new Set<number>();
      eachClosePair(statements, (one, other) => {
        if (documents[one]!.speaker !== documents[other]!.speaker || seen.has(other)) return;
        const said = verdictOf(statements[one]!, statements[other]!, from);
        counts[said] += 1;
        if (said !== 'other') seen.add(other);
      });
    }
    return [
      String(from),
      ...[counts.merged, counts.near, counts.contradicts].map((count) =>
        ((1_000 * count) / turns).toFixed(1),
      ),
    ];
  });
  line(`\n${turns} turns of conversations: of 1,000 turns, by the same speaker, are`);
  table([['from', 'says all of another', 'near another', 'contradict another'], ...rows]);
}

function eachClosePair(
  statements: readonly Statement[],
  visit: (one: number, other: number) => void,
): void {
  const having = new Map<string, number[]>();
  for (const [at, { terms }] of statements.entries()) {
    const shared = new Map<number, number>();
    for (const term of terms) {
      for (const other of having.get(term) ?? []) shared.set(other, (shared.get(other) ?? 0) + 1);
      having.set(term, [...(having.get(term) ?? []), at]);
    }
    for (const [other, count] of shared) if (2 * count >= Math.min(terms.size, 4)) visit(other, at);
  }
}

generated();
if (values.data !== undefined) {
  paraphrases(values.data);
  await conversations(values.data);
}
