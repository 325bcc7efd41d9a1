// npm run simulate:orbit -- [--seed 1] [--check]
//
// A year of an agent by several score profiles: prints what each made of it and draws docs/adr/orbit-profile.svg.
// With --check nothing is written, and it ends with 1 when the drawing in the repository is another.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { orbitScore, type ScoreProfile } from '../packages/server/src/domain/score.js';
import { defaultProfile, v1Profile } from '../packages/server/src/domain/score-profiles.js';
import { agentYear } from './orbit/agent-year.js';
import { drawPanels, type Line } from './orbit/plot.js';
import { runYear, shareWithin, type YearResult } from './orbit/run-year.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    check: { type: 'boolean', default: false },
  },
});
const drawing = fileURLToPath(new URL('../docs/adr/orbit-profile.svg', import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const fading = (days: number): ScoreProfile => ({
  ...defaultProfile,
  name: `half-life ${days} days`,
  fading: { kind: 'half-life', halfLifeDays: days },
});
const ceiling = (recalls: number): ScoreProfile => ({
  ...defaultProfile,
  name: `full at ${recalls} recalls`,
  recallCeiling: recalls,
});
const v1Weights: ScoreProfile = {
  ...defaultProfile,
  name: 'weights and floors of v1',
  weights: v1Profile.weights,
  zoneFloors: v1Profile.zoneFloors,
};
const profiles = [
  v1Profile,
  v1Weights,
  ...[3, 7, 14].map(fading),
  defaultProfile,
  ...[30, 60].map(fading),
  ...[30, 1_000].map(ceiling),
];

const events = [...agentYear(Number(values.seed))];
const stores = events.filter(({ kind }) => kind === 'store').length;
say(`${stores} memories stored, ${events.length - stores} recalled in a year; seed ${values.seed}`);
say('');
say(
  'profile                   recalled from zones 0–1, 0–2, from the cloud   at the end core/inner/outer/belt/cloud   moves a day',
);
const results = new Map(profiles.map((profile) => [profile, runYear(profile, events)]));
for (const [{ name }, result] of results) say(row(name, result));
say('');
say('at the end by the default profile   core/inner/outer/belt/cloud');
for (const [sort, counts] of Object.entries(results.get(defaultProfile)!.bySort))
  say(`${sort.padEnd(34)}  ${counts.join('/')}`);

function row(name: string, result: YearResult): string {
  const cloud = 100 - shareWithin(result, 3);
  const shares = [shareWithin(result, 1), shareWithin(result, 2), cloud];
  return [
    name.padEnd(25),
    shares
      .map((share) => `${share.toFixed(1)} %`.padStart(7))
      .join(', ')
      .padEnd(46),
    result.counts.join('/').padEnd(40),
    (result.moves / 365).toFixed(0).padStart(5),
  ].join(' ');
}

const colours = ['#c0392b', '#2471a3', '#1e8449', '#7d6608'];

/** The score of a memory that nobody recalls, by the days since it was stored. */
const untouched = (importance: number, index: number): Line => ({
  name: `importance ${importance}`,
  colour: colours[index]!,
  points: Array.from({ length: 121 }, (_, day) => [
    day,
    orbitScore(defaultProfile, { importance, recallCount: 0, secondsSinceRecall: day * 86_400 }),
  ]),
});
const floor = (at: number): Line => ({
  name: '',
  colour: '#999',
  dashed: true,
  points: [
    [0, at],
    [120, at],
  ],
});
const byMonth = (profile: ScoreProfile, name: string, index: number): Line => ({
  name,
  colour: colours[index]!,
  points: results.get(profile)!.recalledFrom.map((month, at) => {
    const all = month.reduce((sum, count) => sum + count, 0);
    return [at + 1, (100 * (month[0]! + month[1]! + month[2]!)) / all];
  }),
});

const svg = drawPanels([
  {
    title: 'Score of a memory that nobody recalls',
    xLabel: 'days since it was stored; dashed: lowest scores of core, inner, outer, belt',
    xMax: 120,
    yMax: 0.7,
    xTicks: [0, 20, 40, 60, 80, 100, 120],
    yTicks: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
    lines: [...[1, 0.5, 0.2].map(untouched), ...defaultProfile.zoneFloors.map(floor)],
  },
  {
    title: 'Recalled memories that were in zones 0 to 2, per cent',
    xLabel: 'month of the year',
    xMax: 12,
    yMax: 100,
    xTicks: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    yTicks: [0, 20, 40, 60, 80, 100],
    lines: [byMonth(v1Profile, 'v1', 0), byMonth(defaultProfile, 'default', 1)],
  },
]);
if (!values.check) await writeFile(drawing, svg);
else if ((await readFile(drawing, 'utf8')) !== svg) {
  say('docs/adr/orbit-profile.svg is not what this draws: run npm run simulate:orbit');
  process.exitCode = 1;
}
