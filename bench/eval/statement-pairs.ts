import { seeded } from '../harness/texts.js';

/** What two statements are to each other. */
export type Kind = 'near' | 'contradicts' | 'other';
export const kinds: readonly Kind[] = ['near', 'contradicts', 'other'];

export interface StatementPair {
  readonly first: string;
  readonly second: string;
  readonly kind: Kind;
  /** What was done to the first one. */
  readonly how: string;
}

const names = 'Mina Ben Sora Jonas Priya Lucia Tomasz Aiko'.split(' ');
const cities = 'Berlin Lisbon Osaka Seoul Toronto Nairobi'.split(' ');
const days = 'Monday Tuesday Wednesday Thursday Friday'.split(' ');
const drinks = 'green tea,black coffee,oat milk,apple juice,cold brew'.split(',');
const jobs = 'a software engineer,a nurse,a teacher,an architect,a pilot'.split(',');
const services = 'billing service,search index,login page,mail queue,image cache'.split(',');
const teams = 'platform team,data team,mobile team,finance team'.split(',');
const koreanNames = '미나 지훈 서연 도윤'.split(' ');
const koreanCities = '서울 부산 대전 광주'.split(' ');

type Pick = <Item>(items: readonly Item[]) => Item;

/** A statement whose subject has one value at a time, and what else it may be. */
interface Fact {
  readonly text: string;
  readonly updated: string;
  readonly negated?: string;
  /** About something else, in the same words otherwise. */
  readonly elsewhere: string;
}

const facts: readonly ((pick: Pick) => Fact)[] = [
  (pick) => {
    const [name, other] = two(pick, names);
    const [city, next] = two(pick, cities);
    return {
      text: `${name} lives in ${city} with two cats.`,
      updated: `${name} lives in ${next} with two cats.`,
      negated: `${name} does not live in ${city} with two cats.`,
      elsewhere: `${other} lives in ${city} with two cats.`,
    };
  },
  (pick) => {
    const [name, other] = two(pick, names);
    const [job, next] = two(pick, jobs);
    return {
      text: `${name} works as ${job} at the hospital.`,
      updated: `${name} works as ${next} at the hospital.`,
      negated: `${name} no longer works as ${job} at the hospital.`,
      elsewhere: `${other} works as ${job} at the hospital.`,
    };
  },
  (pick) => {
    const [service, other] = two(pick, services);
    const [team, next] = two(pick, teams);
    return {
      text: `The ${service} is owned by the ${team}.`,
      updated: `The ${service} is owned by the ${next}.`,
      negated: `The ${service} isn't owned by the ${team}.`,
      elsewhere: `The ${other} is owned by the ${team}.`,
    };
  },
  (pick) => {
    const [day, next] = two(pick, days);
    const [team, other] = two(pick, teams);
    const hour = pick([9, 10, 11, 14, 15]);
    return {
      text: `The weekly meeting of the ${team} is on ${day} at ${hour}:30.`,
      updated: `The weekly meeting of the ${team} is on ${next} at ${hour}:30.`,
      elsewhere: `The weekly meeting of the ${other} is on ${day} at ${hour}:30.`,
    };
  },
  (pick) => {
    const [service, other] = two(pick, services);
    const port = pick([8080, 3000, 5432, 9200]);
    return {
      text: `The ${service} runs on port ${port} in production.`,
      updated: `The ${service} runs on port ${port + 1} in production.`,
      negated: `The ${service} doesn't run on port ${port} in production.`,
      elsewhere: `The ${other} runs on port ${port} in production.`,
    };
  },
  (pick) => {
    const [name, other] = two(pick, names);
    const [drink, next] = two(pick, drinks);
    return {
      text: `${name}'s favorite drink in the morning is ${drink}.`,
      updated: `${name}'s favorite drink in the morning is ${next}.`,
      negated: `${name}'s favorite drink in the morning is not ${drink}.`,
      elsewhere: `${other}'s favorite drink in the morning is ${drink}.`,
    };
  },
  (pick) => {
    const [name, other] = two(pick, koreanNames);
    const [city, next] = two(pick, koreanCities);
    return {
      text: `${name}는 가족과 함께 ${city}에 산다.`,
      updated: `${name}는 가족과 함께 ${next}에 산다.`,
      negated: `${name}는 가족과 함께 ${city}에 안 산다.`,
      elsewhere: `${other}는 가족과 함께 ${city}에 산다.`,
    };
  },
  (pick) => {
    const name = pick(koreanNames);
    const hour = pick([1, 2, 3]);
    return {
      text: `${name}의 주간 회의는 오후 ${hour}시입니다.`,
      updated: `${name}의 주간 회의는 오후 ${hour + 2}시입니다.`,
      elsewhere: `${name}의 월간 보고는 오후 ${hour}시입니다.`,
    };
  },
];

/** Statements that do not exclude each other, however alike they are. */
const events: readonly ((pick: Pick) => readonly [string, string, string])[] = [
  (pick) => {
    const name = pick(names);
    const [city, next] = two(pick, cities);
    return [
      `${name} went to ${city} last week.`,
      `${name} went to ${next} last week.`,
      'another event',
    ];
  },
  (pick) => {
    const name = pick(names);
    const far = pick([3, 5, 8]);
    return [
      `${name} ran ${far} km this morning.`,
      `${name} ran ${far + 1} km this morning.`,
      'another event',
    ];
  },
  (pick) => {
    const [one, other] = two(pick, names);
    return [
      `${one} lent ${other} a bicycle.`,
      `${other} lent ${one} a bicycle.`,
      'roles exchanged',
    ];
  },
  (pick) => {
    const name = pick(names);
    const [drink, next] = two(pick, drinks);
    return [`${name} likes ${drink}.`, `${name} likes ${next}.`, 'another liking'];
  },
  (pick) => {
    const name = pick(names);
    return [`${name} is tall.`, `${name} is very kind.`, 'another trait'];
  },
  (pick) => {
    const [name, city] = [pick(names), pick(cities)];
    return [
      `${name} lives in ${city}.`,
      `${name} gave a talk about gardens in ${city}.`,
      'another fact',
    ];
  },
];

const rewordings: readonly (readonly [
  how: string,
  reword: (text: string, pick: Pick) => string,
])[] = [
  ['punctuation and case', (text) => text.toUpperCase().replace(/\.$/, '!!')],
  [
    'an aside',
    (text, pick) => `${pick(['Actually, ', 'Note: ', 'As I said, ', 'Remember: '])}${text}`,
  ],
  [
    'stop words',
    (text) =>
      text.replaceAll('The ', 'Our ').replaceAll(' in ', ' over in ').replaceAll('는 ', '가 '),
  ],
  [
    'tense',
    (text) =>
      text
        .replace('lives', 'lived')
        .replace('works', 'worked')
        .replace('runs', 'ran')
        .replace('산다', '산다네'),
  ],
  [
    'a word more',
    (text, pick) => text.replace(/\.$/, ` ${pick(['again', 'happily', 'officially'])}.`),
  ],
  [
    'the end first',
    (text) =>
      text.replace(
        /^(.*) (in the morning|in production|at the hospital|with two cats)(.*)\.$/,
        '$2, $1$3.',
      ),
  ],
];

const koreanRewordings: typeof rewordings = [
  ['punctuation and case', (text) => text.replace(/\.$/, '!!')],
  ['an aside', (text) => `참고로 ${text}`],
];

/** Beyond words: what rules like these do not see is counted too. */
const synonyms: readonly (readonly [string, string])[] = [
  ['lives in', 'resides in'],
  ['works as', 'is employed as'],
  ['is owned by', 'belongs to'],
  ['weekly meeting', 'weekly sync'],
  ['runs on', 'listens on'],
  ['favorite drink', 'preferred beverage'],
  ['가족과 함께', '식구들하고'],
  ['주간 회의', '주간 미팅'],
];

const otherwise = (text: string): string =>
  synonyms.reduce((reworded, [one, other]) => reworded.replace(one, other), text);

/** Pairs of every kind, so many of each template. Always the same. */
export function statementPairs(each: number): StatementPair[] {
  const random = seeded(7);
  const pick: Pick = (items) => items[Math.floor(random() * items.length)]!;
  const pairs: StatementPair[] = [];
  for (let round = 0; round < each; round += 1) {
    for (const make of facts) {
      const { text: first, updated, negated, elsewhere } = make(pick);
      const put = (second: string, kind: Kind, how: string): void => {
        if (second !== first) pairs.push({ first, second, kind, how });
      };
      const isKorean = /[가-힣]/.test(first);
      for (const [how, reword] of isKorean ? koreanRewordings : rewordings)
        put(reword(first, pick), 'near', how);
      put(otherwise(first), 'near', 'a synonym');
      put(updated, 'contradicts', 'another value');
      put(otherwise(updated), 'contradicts', 'another value and a synonym');
      put(
        `${pick(isKorean ? ['이제 ', ''] : ['Now ', ''])}${updated}`,
        'contradicts',
        'another value now',
      );
      if (negated !== undefined) put(negated, 'contradicts', 'negated');
      put(elsewhere, 'other', 'another subject');
      put(
        pick(facts.filter((another) => another !== make))(pick).text,
        'other',
        'another statement',
      );
    }
    for (const make of events) {
      const [first, second, how] = make(pick);
      pairs.push({ first, second, kind: 'other', how });
    }
  }
  return pairs;
}

function two<Item>(pick: Pick, items: readonly Item[]): [Item, Item] {
  const one = pick(items);
  return [one, pick(items.filter((item) => item !== one))];
}
