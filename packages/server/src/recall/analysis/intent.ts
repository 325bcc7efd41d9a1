/** What kind of answer a query wants, as far as its words show it. */
export interface QueryIntent {
  /** Wants a moment: when, what year, 언제. */
  readonly moment: boolean;
  /** Wants a quantity: how many, how long, 몇. */
  readonly quantity: boolean;
  /** Whose words are asked for: the person's own ("what did I say"), or the machine's ("what did you suggest"). */
  readonly side: 'user' | 'assistant' | undefined;
}

/** Reads the intent of a normalised query, in English and Korean. */
export function intentOf(text: string): QueryIntent {
  return {
    moment: moment.test(text),
    quantity: quantity.test(text),
    side: machineSaid.test(text) ? 'assistant' : firstPerson.test(text) ? 'user' : undefined,
  };
}

const moment =
  /\bwhen\b|\b(?:what|which) (?:date|day|month|year|time|week|season)\b|\bhow long ago\b|언제|며칠|몇\s*(?:년|월|일|시)|무슨 요일/i;
const quantity = /\bhow (?:many|much|long|old|often)\b|몇|얼마/i;
const firstPerson =
  /\b(?:i|me|my|mine|myself)\b|(?:^|\s)(?:나|내|저|제|우리)(?:가|는|의|를|도|에게|한테)?(?=\s|$)/i;
/** The past only: "can you tell me …" asks for nothing that was said. */
const machineSaid =
  /\byou (?:\w+ ){0,2}(?:said|told|mentioned|suggested|recommended|gave|provided|listed|explained|described|wrote|shared|proposed|advised)\b|\bdid you (?:\w+ ){0,2}(?:say|tell|mention|suggest|recommend|give|provide|list|explain|describe|write|share|propose|advise)\b|\byour (?:suggestions?|recommendations?|advice|answer|explanation|response)\b/i;
