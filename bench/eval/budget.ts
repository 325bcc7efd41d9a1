// npm run eval:budget -- --data <folder>
// What the bound of postings costs the ranking, in shares of the memories: it concerns large tenants alone, so here the
// small ones of the evaluation are given as little as half a million memories would have.
import { parseArgs } from 'node:util';
import { analyseQuery } from '../../packages/server/src/recall/analysis/query.js';
import { affordableTerms } from '../../packages/server/src/recall/ranking/affordable.js';
import { createRank } from '../../packages/server/src/recall/ranking/rank.js';
import { MemoryIndex } from '../../packages/server/test/support/memory-index.js';
import { readConversations } from './conversations.js';
import type { Corpus } from './corpus.js';
import { judge, type Metrics, meanOf, metricsHead, metricsRow } from './metrics.js';
import { readParaphrases } from './paraphrases.js';
import { line, table } from './print.js';
import { asChats, asFacts, asOneTenant } from './variants.js';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) throw new Error('Say where the data is: --data <folder>');
const data = values.data;
const shares = [Infinity, 3, 1, 0.8];
const depth = 20;

/** The ranking of every question by each bound. */
function measure(corpora: readonly Corpus[]): Metrics[][] {
  const rank = createRank();
  const results: Metrics[][] = shares.map(() => []);
  for (const { documents, questions } of corpora) {
    const view = new MemoryIndex(documents).view();
    const postingsOf = (term: string): number => view.postings(term).docs.length;
    for (const { text, right } of questions) {
      const query = analyseQuery(text);
      for (const [at, share] of shares.entries()) {
        const most = share * view.documents;
        const terms = affordableTerms(query.terms, postingsOf, view.documents, most);
        results[at]!.push(judge(rank(view, { ...query, terms }, { limit: depth }).docs, right));
      }
    }
  }
  return results;
}

const captioned = await readConversations(data, 'with captions');
const plain = await readConversations(data, 'without captions');
const sets: readonly (readonly [name: string, corpora: readonly Corpus[]])[] = [
  ['conversations', captioned],
  ['all in one tenant', [asOneTenant(captioned)]],
  ['plain facts', captioned.map(asFacts)],
  ['chats', plain.flatMap(asChats)],
  ...[1, 3, 5].map((stored) => {
    const corpus = readParaphrases(data, stored);
    return [corpus.name, [corpus]] as const;
  }),
];
for (const [name, corpora] of sets) {
  line(`\n${name}`);
  table([
    ['postings a memory', ...metricsHead],
    ...measure(corpora).map((judged, at) => [
      shares[at] === Infinity ? 'all' : String(shares[at]),
      ...metricsRow(meanOf(judged)),
    ]),
  ]);
}
