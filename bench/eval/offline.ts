// npx tsx --conditions=stellar:source bench/eval/offline.ts --data <folder>
// Quality of the ranking itself, on an index in memory: no server, no database. The folder holds locomo/ and korean/.
import { parseArgs } from 'node:util';
import { defaultWeights } from '../../packages/server/src/recall/ranking/weights.js';
import { ablations, plainBm25 } from './ablations.js';
import { readConversations } from './conversations.js';
import { type Judged, prepare } from './measure.js';
import { meanOf, metricsHead, metricsRow } from './metrics.js';
import { readParaphrases } from './paraphrases.js';
import { line, table } from './print.js';
import { asChats, asFacts, asOneTenant } from './variants.js';

const { values } = parseArgs({ options: { data: { type: 'string' } } });
if (values.data === undefined) throw new Error('Say where the data is: --data <folder>');
const data = values.data;

const rowOf = (name: string, judged: readonly Judged[]): string[] => [
  name,
  String(judged.length),
  ...metricsRow(meanOf(judged.map(({ metrics }) => metrics))),
];
const head = ['', 'questions', ...metricsHead];

function grouped(judged: readonly Judged[], key: 'category' | 'corpus'): string[][] {
  const names = [...new Set(judged.map((one) => one[key]))].sort();
  return names.map((name) =>
    rowOf(
      `  ${name}`,
      judged.filter((one) => one[key] === name),
    ),
  );
}

const captioned = await readConversations(data, 'with captions');
const measure = prepare(captioned);
const whole = measure(defaultWeights);
line('Conversations, one tenant each, content with photo captions');
table([head, rowOf('all', whole), ...grouped(whole, 'category'), ...grouped(whole, 'corpus')]);

line('\nEach part taken out');
table([head, ...ablations.map(([name, weights]) => rowOf(name, measure(weights)))]);

line('\nOther shapes of the same data');
const plain = await readConversations(data, 'without captions');
const shapes = [
  ['text only', plain],
  ['plain facts: no session, speaker, date or order', captioned.map(asFacts)],
  ['all conversations in one tenant', [asOneTenant(captioned)]],
  ['each speaker’s turns as a chat with a machine that echoes', plain.flatMap(asChats)],
] as const;
table([
  head,
  ...shapes.flatMap(([name, corpora]) => {
    const measureShape = prepare(corpora);
    return [
      rowOf(name, measureShape(defaultWeights)),
      rowOf('  plain BM25', measureShape(plainBm25)),
    ];
  }),
]);

line('\nKorean paraphrases');
table([
  head,
  ...[1, 3, 5].flatMap((stored) => {
    const corpus = readParaphrases(data, stored);
    const measureKorean = prepare([corpus]);
    return [
      rowOf(corpus.name, measureKorean(defaultWeights)),
      rowOf('  plain BM25', measureKorean(plainBm25)),
    ];
  }),
]);
