// What is asked shares a word with what is told, or lies beside it: nothing here needs a dictionary.
import type { TestDocument } from '../../packages/server/test/support/memory-index.js';
import type { Corpus, Question } from './corpus.js';

/** Numbers in [0, 1), the same in every run. */
type Random = () => number;

const secondsADay = 86_400;
const firstDay = Date.UTC(2024, 0, 8) / 1_000;
const sessions = 120;

/** Collects memories and the questions about them. */
class Notebook {
  readonly documents: TestDocument[] = [];
  readonly questions: Question[] = [];

  /** Answers the number of the memory. */
  add(document: TestDocument): number {
    return this.documents.push(document) - 1;
  }

  ask(category: string, text: string, ...right: readonly number[]): void {
    this.questions.push({ text, category, right: new Set(right) });
  }

  named(name: string): Corpus {
    return { name, documents: this.documents, questions: this.questions };
  }
}

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)]!;

/** Each combination once, in a random order. */
function combined(random: Random, firsts: readonly string[], seconds: readonly string[]): string[] {
  const all = firsts.flatMap((first) => seconds.map((second) => `${first} ${second}`));
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}

const adjectives = [
  'walnut',
  'steel',
  'folding',
  'cordless',
  'waterproof',
  'vintage',
  'compact',
  'ceramic',
  'solar',
  'padded',
  'oak',
  'inflatable',
];
const products = [
  'desk lamp',
  'kettle',
  'tent',
  'backpack',
  'drill',
  'blender',
  'bookshelf',
  'camera',
  'stroller',
  'keyboard',
  'heater',
  'mirror',
];
const faults = [
  'arrived with a cracked corner',
  'makes a rattling noise',
  'does not switch on',
  'leaks at the seam',
  'came in the wrong colour',
  'smells of burnt plastic',
  'lost its cover within a day',
  'is missing two screws',
];
const remedies = [
  'A replacement leaves our warehouse tonight.',
  'We refunded the whole amount to your card.',
  'A technician will call you to fix it.',
  'You will get a voucher for half the price.',
  'Please send it back with the enclosed label.',
  'The missing parts are in the post.',
];
const courtesies = [
  'Thank you for waiting.',
  'Is there anything else?',
  'No, that is all.',
  'Have a nice day!',
  'Let me have a look.',
  'I understand, that is annoying.',
];

/** One person and a support desk, a case a session. */
export function supportChat(random: Random): Corpus {
  const notes = new Notebook();
  const cases = combined(random, adjectives, products).slice(0, sessions);
  for (const [at, product] of cases.entries()) {
    const occurredAt = firstDay + at * 3 * secondsADay;
    const turn = (role: string, content: string): number =>
      notes.add({ content, role, session: `case-${at}`, occurredAt });
    turn('user', 'Hello, I need help with an order.');
    const bought = turn('user', `I bought the ${product} from you last month.`);
    turn('assistant', pick(random, courtesies));
    const fault = turn('user', `It ${pick(random, faults)}.`);
    const remedy = turn('assistant', pick(random, remedies));
    turn('user', pick(random, courtesies));
    if (at % 2 === 0) notes.ask('fault', `What is wrong with my ${product}?`, fault);
    else notes.ask('remedy', `What did you offer for the ${product}?`, remedy);
    notes.ask('topic', `Which order was about the ${product}?`, bought);
  }
  return notes.named('support chat');
}

const team = ['Priya', 'Tomasz', 'Leilani', 'Okoro', 'Ingrid', 'Mateo'];
const verbs = [
  'migrating',
  'reviewing',
  'documenting',
  'testing',
  'rewriting',
  'profiling',
  'deploying',
  'designing',
];
const modules = [
  'the invoice exporter',
  'the search index',
  'the login page',
  'the mobile app',
  'the audit log',
  'the image resizer',
  'the payment webhook',
  'the onboarding mails',
  'the cache layer',
  'the report builder',
  'the permission checks',
  'the calendar sync',
];
const blocks = [
  'a missing licence',
  'a flaky test',
  'the vendor, who does not answer',
  'a failing disk',
  'an unclear requirement',
  'the frozen release',
];

/** A team that says each day what it does: many speakers, dates that matter. */
export function standUps(random: Random): Corpus {
  const notes = new Notebook();
  const work = combined(random, verbs, modules);
  for (let day = 0; day < sessions; day += 1) {
    const occurredAt = firstDay + day * secondsADay;
    const date = new Date(occurredAt * 1_000).toISOString().slice(0, 10);
    for (const speaker of team) {
      const turn = (content: string): number =>
        notes.add({ content, speaker, session: `day-${day}`, occurredAt });
      const doing = pick(random, work);
      const done = turn(`Yesterday I was ${doing}.`);
      const blocked = random() < 0.3 ? pick(random, blocks) : undefined;
      const held = blocked === undefined ? undefined : turn(`I am blocked by ${blocked}.`);
      turn(pick(random, ['Nothing else from me.', 'That is it.', 'More tomorrow.']));
      if (random() < 0.15) notes.ask('by date', `What did ${speaker} report on ${date}?`, done);
      if (held !== undefined && random() < 0.3)
        notes.ask('blocked', `What was ${speaker} blocked by on ${date}?`, held);
    }
  }
  return notes.named('stand-ups');
}

/** What is told of somebody, how it is asked for, and what it may be. */
type Trait = readonly [
  told: (thing: string) => string,
  asked: (who: string) => string,
  things: readonly string[],
];

const people = [
  'Aunt Rosa',
  'my neighbour Felix',
  'the dentist',
  'cousin Amira',
  'our landlord',
  'the piano teacher',
  'Grandpa Otto',
  'my colleague Yun',
  'the babysitter',
  'Uncle Pavel',
  'the plumber',
  'my niece Dora',
];
const traits: readonly Trait[] = [
  [
    (thing) => `is allergic to ${thing}`,
    (who) => `What is ${who} allergic to?`,
    ['peanuts', 'shellfish', 'strawberries', 'gluten', 'celery'],
  ],
  [
    (thing) => `drives ${thing}`,
    (who) => `What does ${who} drive?`,
    [
      'an old green Saab',
      'a tiny electric Fiat',
      'a dented Volvo',
      'a borrowed van',
      'a motorcycle',
    ],
  ],
  [
    (thing) => `collects ${thing}`,
    (who) => `What does ${who} collect?`,
    ['tin soldiers', 'pressed flowers', 'railway maps', 'teapots', 'first editions'],
  ],
  [
    (thing) => `grew up in ${thing}`,
    (who) => `Where did ${who} grow up?`,
    ['Valparaíso', 'a fishing village', 'Tromsø', 'the suburbs of Lyon', 'Daegu'],
  ],
  [
    (thing) => `is afraid of ${thing}`,
    (who) => `What is ${who} afraid of?`,
    ['heights', 'geese', 'elevators', 'deep water', 'thunder'],
  ],
];
/** Words of the questions in what answers none of them. */
const asides = [
  'came by',
  'wanted to collect a parcel',
  'will drive home late',
  'is afraid of nothing, it seems',
  'told me how children grow up',
];
const chores = [
  'Paid the electricity bill.',
  'Watered the ferns on the balcony.',
  'The bus was late again.',
  'Bought bread, milk and a newspaper.',
  'Slept badly, too warm.',
  'Repaired the squeaking door.',
  'Called the insurance, waited half an hour.',
  'Rain all day.',
];

/** Facts and chores of one person: no session, no speaker, nothing beside a memory that belongs to it. */
export function diary(random: Random): Corpus {
  const notes = new Notebook();
  for (const who of people)
    for (const [told, asked, things] of traits) {
      notes.ask(
        'fact',
        asked(who),
        notes.add({ content: `${capital(who)} ${told(pick(random, things))}.` }),
      );
      for (let more = 0; more < 8; more += 1)
        notes.add({
          content: `${pick(random, chores)} ${capital(pick(random, people))} ${pick(random, asides)}.`,
        });
    }
  return notes.named('diary');
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const koreanPeople = [
  '민수',
  '지영',
  '할머니',
  '이모',
  '옆집 아저씨',
  '과장님',
  '수진',
  '동생',
  '담임 선생님',
  '삼촌',
  '친구 하늘',
  '집주인',
];
const koreanTraits: readonly Trait[] = [
  [
    (thing) => `${thing} 알레르기가 있다`,
    (who) => `${who} 알레르기가 뭐였지?`,
    ['땅콩', '새우', '딸기', '우유', '복숭아'],
  ],
  [
    (thing) => `생일은 ${thing}이다`,
    (who) => `${who} 생일이 언제야?`,
    ['삼월 초하루', '유월 십일', '시월 말일', '동짓날', '칠월 칠석'],
  ],
  [
    (thing) => `고향이 ${thing}이다`,
    (who) => `${who} 고향이 어디인지 알려줘`,
    ['통영', '강릉', '목포', '안동', '제주'],
  ],
  [
    (thing) => `요즘 ${thing}를 배운다`,
    (who) => `${who}가 배우는 게 뭐야?`,
    ['도자기', '첼로', '스페인어 회화', '수묵화', '요가'],
  ],
  [
    (thing) => `${thing} 색을 좋아한다`,
    (who) => `${who}가 좋아하는 색 좀 말해줘`,
    ['연두', '남', '보라', '주황', '하늘'],
  ],
];
const koreanChores = [
  '전기 요금을 냈다.',
  '버스가 또 늦었다.',
  '화분에 물을 주었다.',
  '우유와 빵을 샀다.',
  '문을 고쳤다.',
  '하루 종일 비가 왔다.',
];

/** The same in Korean. */
export function koreanNotes(random: Random): Corpus {
  const notes = new Notebook();
  for (const who of koreanPeople)
    for (const [told, asked, things] of koreanTraits) {
      notes.ask(
        '사실',
        asked(who),
        notes.add({ content: `${who} ${told(pick(random, things))}.` }),
      );
      for (let more = 0; more < 8; more += 1)
        notes.add({
          content: `${pick(random, koreanChores)} ${pick(random, koreanPeople)} 만났다.`,
        });
    }
  return notes.named('Korean notes');
}
