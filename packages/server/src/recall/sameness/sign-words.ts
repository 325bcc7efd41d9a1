/**
 * Words by which two statements about the same thing are told to oppose each other. English words as they are spoken,
 * in lower case; Korean as what a word begins with.
 */
const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

const negations = words(`
not no never none nothing nobody neither nor without cannot cant dont doesnt didnt isnt arent wasnt werent wont
stopped quit refuses refused
`);

const koreanNegation =
  /^(?:안|못|아니|아닌|아닙|없|않|말[고아라]|싫)|(?:지않|지못|지마|지말|못하|못해|못한|않[는은아음습]|없[는다어습음이]|싫어)/u;

/** Whether a word turns a statement into its opposite. */
export const isNegation = (word: string): boolean =>
  negations.has(word) || word.endsWith("n't") || koreanNegation.test(word);

/** Words that say that something is the case now: without them it is the same statement. */
const asides = words(`
now currently actually nowadays anymore already still really very quite just also well oh please
simply basically definitely certainly indeed again so finally lately recently instead btw fyi ok okay yes
note remember reminder remind recall know said says mentioned told
이제 지금 지금은 현재 현재는 요즘 사실 정말 진짜 아주 매우 그냥 다시 참고로 기억해
`);

export const isAside = (word: string): boolean => asides.has(word);

const opposites: readonly (readonly [ReadonlySet<string>, ReadonlySet<string>])[] = [
  'like likes love loves enjoy enjoys adore adores | hate hates dislike dislikes detest detests despise despises',
  'enable enabled enables | disable disabled disables',
  'on | off',
  'always | never seldom rarely',
  'true | false',
  'open opened opens | closed close closes shut',
  'allow allowed allows permitted | forbid forbidden forbids prohibited denied banned',
  'start started starts begin began begins | stop stopped stops end ended ends',
  'accept accepted accepts approve approved approves | reject rejected rejects decline declined declines',
  'increase increased increases raise raised rises rose | decrease decreased decreases lower lowered fell drop dropped',
  'married engaged | single divorced unmarried',
  'before | after',
  'public | private',
  'required mandatory needed | optional unneeded',
  'safe | unsafe dangerous',
  'success succeeded succeeds passed passes works working | failed fails failure broken',
  'online up available | offline down unavailable',
  'vegetarian vegan | carnivore',
  'cheap cheaper | expensive pricier',
  'early earlier | late later',
  'agree agrees agreed | disagree disagrees disagreed',
  '좋아 좋아한다 좋아해 좋아합니다 좋아하는 좋아함 | 싫어 싫어한다 싫어해 싫어합니다 싫어하는 싫어함',
  '켜 켜져 켠다 켜짐 켰다 | 꺼 꺼져 끈다 꺼짐 껐다',
  '허용 허용한다 허용됨 | 금지 금지한다 금지됨',
].map((pair) => {
  const [one, other] = pair.split('|');
  return [words(one!), words(other!)] as const;
});

/** Whether two words exclude each other. */
export const areOpposites = (one: string, other: string): boolean =>
  opposites.some(
    ([first, second]) =>
      (first.has(one) && second.has(other)) || (first.has(other) && second.has(one)),
  );

const copulas = words("is are am was 's equals");

export const isCopula = (word: string): boolean => copulas.has(word);

const times = words(`
monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight noon midnight
january february march april may june july august september october november december
`);

export const isNumberOrTime = (word: string): boolean => /\p{N}/u.test(word) || times.has(word);

/** Words of which a thing has one value at a time: another value is an update. */
const singleValued = words(`
lives live living resides reside works work working employed born named called titled
costs cost weighs measures expires starts begins ends closes opens uses use runs run located based
prefers prefer favorite favourite due scheduled set assigned owned led managed hosted points belongs
speaks studies attends drives moved
`);

const koreanSingleValued =
  /(?:^(?:산다|살[아고]|거주|근무|다니|다닌|일한|일하|이름|이메일|메일|전화|번호|생일|주소|나이|마감|직업|직장|가격|비밀번호|취미|예정|사용|쓴다|선호|담당)|(?:이다|입니다|이에요|예요|임)$)/u;

/** Whether a thing has one value at a time for this word. */
export const isSingleValued = (word: string): boolean =>
  singleValued.has(word) || isCopula(word) || isKoreanSingleValued(word);

/** The same of Korean words, which come behind the value. */
export const isKoreanSingleValued = (word: string): boolean => koreanSingleValued.test(word);
