// npm run eval:made
// Kinds of memories that the ranking was not made by (but for `belowFloor`, which the diary asked for), from templates: a support chat, a team's stand-ups, a
// diary without sessions, and notes in Korean. A part of the ranking that is fitted to other conversations loses here.
import { defaultWeights } from '../../packages/server/src/recall/ranking/weights.js';
import { seeded } from '../harness/texts.js';
import { ablations, plainBm25 } from './ablations.js';
import type { Corpus } from './corpus.js';
import { diary, koreanNotes, standUps, supportChat } from './made-kinds.js';
import { prepare } from './measure.js';
import { meanOf, metricsHead, metricsRow } from './metrics.js';
import { line, table } from './print.js';

const kinds: readonly Corpus[] = [supportChat, standUps, diary, koreanNotes].map((make, seed) =>
  make(seeded(seed + 1)),
);
const parts = [
  ['the ranking', defaultWeights],
  ...ablations.filter(([name]) => name.startsWith('−')),
  ['plain BM25', plainBm25],
] as const;

for (const corpus of kinds) {
  const measure = prepare([corpus]);
  line(
    `\n${corpus.name}: ${corpus.documents.length} memories, ${corpus.questions.length} questions`,
  );
  table([
    ['', ...metricsHead],
    ...parts.map(([name, weights]) => [
      name,
      ...metricsRow(meanOf(measure(weights).map(({ metrics }) => metrics))),
    ]),
  ]);
}
