import type { Emotion } from '@stellar-memory/protocol';

/** What tells an emotion: whole English words, beginnings of Korean words as regular expressions, emoji. */
interface Signs {
  readonly english: string;
  readonly korean: readonly string[];
  readonly emoji: string;
}

const signs: Readonly<Record<Emotion, Signs>> = {
  joy: {
    english: `happy happily happier happiest happiness glad joy joyful delighted delightful love loves loved loving
      great wonderful amazing awesome fantastic excellent perfect excited exciting enjoy enjoys enjoyed win wins won
      success successful celebrate celebrates celebrated celebration proud grateful thankful thrilled cheerful pleased
      fun laugh laughed smile smiled yay hooray`,
    korean: [
      '기쁘|기쁜|기뻐|기뻤|기쁨',
      '행복',
      '즐거|즐겁|즐긴|즐길',
      '신나|신난|신났',
      '사랑',
      '좋아|좋았|좋다|좋네|좋은|좋고|좋겠',
      '최고(?![가-힣])|최고[야예다로]',
      '대박|성공|축하|뿌듯|반가|반갑|설레|설렌|설렜',
      '감사|고마워|고맙|고마운',
      '만족',
    ],
    emoji: '😀😃😄😁😆😂🤣😊🙂😍🥰😘😎🤩🥳🎉🎊❤💕💖👍🙌',
  },
  sadness: {
    english: `sad sadly sadder saddest sadness unhappy lonely loneliness depressed depressing miserable cry cries cried
      crying tears grief grieving mourn mourning heartbroken heartbreaking miss misses missed fail fails failed failure
      lost loss regret regrets regretted disappointed disappointing disappointment hopeless sorrow sorry`,
    korean: [
      '슬프|슬픈|슬퍼|슬펐|슬픔',
      '우울|외로|외롭|울었|울고|울컥|눈물',
      '실패|실망|절망|후회|속상|서러|서럽|허전|그립|그리워',
      '아쉽|아쉬[워운움]|아쉬웠',
      '안타깝|안타까',
    ],
    emoji: '😢😭😞😔☹🙁😥😿💔',
  },
  anger: {
    english: `angry angrily anger furious fury mad rage outraged hate hates hated hatred annoyed annoying irritated
      irritating frustrated frustrating hell damn pissed resent resents resentful`,
    korean: [
      '화나|화났|화난|화가\\s?(?:나|났|난|치)|화를\\s?(?:내|냈)',
      '짜증|분노|열받|열\\s받|빡치|빡쳐|빡쳤|억울|괘씸',
      '싫어|싫다|싫은|싫었|싫고|미워|미웠',
      '미치겠|미쳐\\s?버리',
    ],
    emoji: '😡😠🤬👿💢',
  },
  fear: {
    english: `afraid scared scary scares fear fears feared fearful frightened frightening terrified terrifying worry
      worries worried worrying anxious anxiety nervous panic panicked dread dreads danger dangerous risk risks risky
      threat threatened`,
    korean: ['무서|무섭|두려|두렵|겁나|겁이\\s?나|겁났', '걱정|불안|초조|긴장|위험|공포|위협'],
    emoji: '😱😨😰😧🫣',
  },
  surprise: {
    english: `surprise surprised surprises surprising surprisingly wow unexpected unexpectedly astonished astonishing
      incredible incredibly unbelievable unbelievably shocked shocking stunned sudden suddenly whoa omg`,
    korean: [
      '놀라|놀랐|놀란|놀랍|놀람|깜짝|갑자기|충격|뜻밖|의외',
      '예상\\s?(?:밖|외|치)',
      '대단|믿기지|믿을\\s수\\s없|헐(?![가-힣])|헉(?![가-힣])|세상에(?![가-힣])',
    ],
    emoji: '😮😲😯🤯😳',
  },
  disgust: {
    english: `disgust disgusted disgusting gross grossed nasty terrible terribly awful awfully horrible horribly vile
      revolting repulsive sickening yuck eww ew`,
    korean: ['역겨|역겹|혐오|징그|최악|끔찍|구역질|토\\s?나|더럽|더러[워운웠]', '지긋지긋'],
    emoji: '🤮🤢😖🤧',
  },
};

/** The emotion of an English word; absent for most. */
export const emotionOfWord: ReadonlyMap<string, Emotion> = new Map(
  (Object.keys(signs) as Emotion[]).flatMap((emotion) =>
    signs[emotion].english.split(/\s+/).map((word) => [word, emotion] as const),
  ),
);

/** Whether a lower-case text has one of those words. */
export const anyEmotionWord: RegExp = new RegExp(
  `(?<![a-z])(?:${[...emotionOfWord.keys()].join('|')})(?![a-z])`,
);

/**
 * Korean of one emotion: the beginning of a word, for 변화나 (a change or) is no 화나 (angry), and not denied: neither
 * 안 기뻐 nor 기쁘지 않다 nor 걱정 마.
 */
const koreanOf = ({ korean }: Signs): RegExp =>
  new RegExp(
    `(?<![가-힣])(?<!(?<![가-힣])안\\s)(?:${korean.join('|')})(?![가-힣]{0,2}지(?:[는도])?\\s?(?:않|못|마|말)|\\s?마(?![가-힣])|\\s?말[아자고])`,
    'u',
  );

const emojiOf = ({ emoji }: Signs): RegExp => new RegExp(`[${emoji}]`, 'u');

/** What to look for beside English words, by emotion. */
export const patternsOf: Readonly<Record<Emotion, { korean: RegExp; emoji: RegExp }>> = {
  joy: { korean: koreanOf(signs.joy), emoji: emojiOf(signs.joy) },
  sadness: { korean: koreanOf(signs.sadness), emoji: emojiOf(signs.sadness) },
  anger: { korean: koreanOf(signs.anger), emoji: emojiOf(signs.anger) },
  fear: { korean: koreanOf(signs.fear), emoji: emojiOf(signs.fear) },
  surprise: { korean: koreanOf(signs.surprise), emoji: emojiOf(signs.surprise) },
  disgust: { korean: koreanOf(signs.disgust), emoji: emojiOf(signs.disgust) },
};
