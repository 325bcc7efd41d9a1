/**
 * Korean words that say how something is asked, not what about: interrogatives, requests, the verbs to do and to be
 * there, pronouns, connectives. What stop words are to English; but they are glued to other words often enough to be
 * weighed less instead of left out, and only in queries, so that no index depends on this list. Taken from grammar:
 * each closed class with the particles or endings that it takes.
 */
const functionWords = [
  /(?:뭐|뭘|뭔|무엇|무슨|어디|어딜|어딘|어느|어떤|어떻게|어때|왜|누구|누가|언제|얼마|얼마나|몇)(?:가|를|을|이|은|는|야|지|에|에서|로|인지|인가|인가요|인데|일까|일까요|니|냐|예요|이야|이지|라고|나|든지|죠)?/,
  /(?:알려|말해|얘기해|이야기해|가르쳐|설명해|해)?(?:줘|줘요|주세요|주라|줘라|줄래|줄래요|주렴|주겠니|주실래요|주시겠어요|주십시오|줄까|봐|봐요)/,
  /알려|말해|얘기해|이야기해|가르쳐|설명해/,
  /해|해라|해요|하자|할까|할까요|할지|하나요|하니|하지|하는|하는지|하면|합니까|했어|했지|했니|돼|되나|될까|되나요/,
  /(?:있|없)(?:어|어요|니|나|나요|을까|을까요|지|는지|으면|습니까)/,
  /아니면|그리고|혹은|또는|혹시|그럼|그런데|근데|좀|거|것|게|건|걸|거야|건가|것을|것은|것이|때|수/,
  /나|나는|내|내가|나를|나의|나한테|내게|저|저는|제|제가|저의|우리|우리가|너|너는|네|네가/,
];

const functionWord = new RegExp(`^(?:${functionWords.map(({ source }) => source).join('|')})$`);

/** The text with a full stop in place of each of these words; `undefined` when it has none, or nothing else. */
export function withoutFunctionWords(text: string): string | undefined {
  const rest = text.replace(/[가-힣]+/g, (word) => (functionWord.test(word) ? '.' : word));
  return rest !== text && /[\p{L}\p{N}]/u.test(rest) ? rest : undefined;
}
