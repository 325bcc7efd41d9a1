/** How important a text looks, and why. Each is 0 to 1. */
export interface Importance {
  /** The weighted sum of the four. */
  readonly importance: number;
  /** Dates, quantities, findings. */
  readonly factual: number;
  /** Likes and dislikes, praise and blame, emphasis. */
  readonly emotional: number;
  /** Tasks, duties, appointments, deadlines. */
  readonly actionable: number;
  /** Says that it matters: remember, important, password. */
  readonly explicit: number;
}

const words = (english: string, korean?: string): RegExp =>
  new RegExp(korean === undefined ? `\\b(?:${english})\\b` : `\\b(?:${english})\\b|${korean}`, 'i');

const factual = [
  /\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b/,
  /\b\d+(?:\.\d+)?\s*(?:km|cm|mm|kg|mg|gb|mb|kb|tb|ms|miles?|hours?|minutes?|dollars?|won|degrees?)\b|\d\s?(?:원|킬로|미터|시간|퍼센트)/i,
  words('facts?|data|statistics?|numbers?|results?|measured|according to', '통계|결과|수치|사실은'),
];

const emotional = [
  words(
    'love|hate|happy|sad|angry|fear|joy|excited|worried|grateful|afraid',
    '사랑|행복|슬프|슬퍼|화나|무서|기쁘|기뻐|싫어',
  ),
  words('amazing|terrible|awful|wonderful|horrible|fantastic|perfect', '최고|최악|대박|끔찍'),
  /[!?]{2,}/,
];

const actionable = [
  words('todo|to-do|tasks?|meeting', '할\\s?일|과제|작업'),
  words('must|should|have to|has to|need to', '해야\\s?(?:한|해|돼|되|됩|합)'),
  words('must|asap|urgent|urgently|reminder|remind', '급해|급하|시급'),
  words('meeting|appointment|schedule|scheduled', '회의|미팅|약속|일정|예약'),
  words(
    'tomorrow|tonight|next (?:week|month)|deadline|due|by (?:mon|tues|wednes|thurs|fri|satur|sun)day',
    '내일|모레|다음\\s?주|다음\\s?달|마감|까지',
  ),
];

const explicit = [
  words('remember|important|urgent|crucial', '기억해|기억하|중요|명심'),
  words("remember|(?:do not|don[’']t|never) forget", '잊지\\s?마|잊으면|잊지\\s?말'),
  words('password|passcode|secret|token|credentials?', '비밀번호|암호|비밀'),
  words('important|critical|vital|essential|key', '핵심|필수'),
];

/** Answers that say nothing. */
const nods = /^(?:ok|sure|alright|네|예|응|ㅇㅇ|ㅇㅋ)[.!~]*$/i;
const laughs = /^(?:[ㅋㅎ]{2,}|lol|haha)[.!~]*$/i;

/** Characters of a text that are looked at. */
const lookedAt = 4_000;

const share = (patterns: readonly RegExp[], text: string): number =>
  patterns.filter((pattern) => pattern.test(text)).length / patterns.length;

/**
 * How important a text looks by rules, on v2's scale: each part is the share of its signs that are there, and the sum
 * weighs 0.3 factual, 0.2 emotional, 0.3 actionable, 0.2 explicit. Most texts have few signs, so that 0.3 is much.
 */
export function evaluateImportance(text: string): Importance {
  const looked = text.slice(0, lookedAt);
  const said = looked.trim();
  if (nods.test(said)) return nothingSaid(0.1);
  if (laughs.test(said)) return nothingSaid(0.05);
  const parts = {
    factual: share(factual, looked),
    emotional: share(emotional, looked),
    actionable: share(actionable, looked),
    explicit: share(explicit, looked),
  };
  const importance =
    0.3 * parts.factual + 0.2 * parts.emotional + 0.3 * parts.actionable + 0.2 * parts.explicit;
  return { importance, ...parts };
}

const nothingSaid = (importance: number): Importance => ({
  importance,
  factual: 0.1,
  emotional: 0.1,
  actionable: 0.1,
  explicit: 0,
});
