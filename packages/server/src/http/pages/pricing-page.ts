import { type SoldTier, soldTiers, tierLimits } from '@stellar-memory/protocol';
import { type Html, html } from '../html.js';
import { browserScript } from './browser-script.js';
import type { Language, Text } from './language.js';
import { makePage, sayings } from './page.js';

const script = `${browserScript}
const go = async (work) => {
  say('');
  try { location.assign((await work()).url); } catch (problem) { say(problem && problem.code || 'other'); }
};
const read = async (path) => {
  const response = await fetch(path);
  const answer = await response.json();
  if (!response.ok) throw answer;
  return answer;
};
for (const button of document.querySelectorAll('button[data-tier]'))
  button.addEventListener('click', () => go(() => ask('/billing/lemonsqueezy/checkout', { tier: button.dataset.tier })));
part('portal').addEventListener('click', () => go(() => read('/billing/portal')));
part('sign-in').href = '/sign-in?next=/pricing&lang=' + language;
read('/billing/subscription').then(({ tier, subscription }) => {
  const row = document.querySelector('tr[data-tier="' + tier + '"]');
  if (row) row.setAttribute('aria-current', 'true');
  const mayBuy = subscription === null || subscription.status === 'expired';
  for (const button of document.querySelectorAll('button[data-tier]')) button.hidden = !mayBuy;
  part('portal').hidden = subscription === null;
  if (subscription && subscription.payment_open) say('payment_required');
}, (problem) => { part('signed-out').hidden = !problem || problem.code !== 'unauthorized'; });
`;

const texts = {
  intro: {
    en: 'Every tier recalls equally well. Over a limit only growth is refused: you read, change, forget and export as before, and nothing is ever deleted for it.',
    ko: '어느 요금제든 회상 품질은 같습니다. 한도를 넘으면 새로 저장하는 것만 멈추고, 읽기·수정·삭제·내보내기는 그대로이며, 한도 때문에 지워지는 것은 없습니다.',
  },
  tier: { en: 'Tier', ko: '요금제' },
  price: { en: 'A month', ko: '월 요금' },
  memories: { en: 'Memories', ko: '기억' },
  agents: { en: 'Agents', ko: '에이전트' },
  requests: { en: 'Requests a minute', ko: '분당 요청' },
  keys: { en: 'API keys', ko: 'API 키' },
  unlimited: { en: 'unlimited', ko: '무제한' },
  buy: { en: 'Buy', ko: '구매' },
  portal: { en: 'Invoices, cards, change or cancel', ko: '영수증·카드·변경·해지' },
  signedOut: { en: 'To buy, sign in first:', ko: '구매하려면 먼저 로그인하세요:' },
  signIn: { en: 'sign in', ko: '로그인' },
} satisfies Record<string, Text>;

const said = {
  conflict: {
    en: 'There is a subscription already. Change it where your invoices are.',
    ko: '이미 구독 중입니다. 영수증 페이지에서 변경하세요.',
  },
  payment_required: {
    en: 'The last payment has failed. Settle it where your invoices are.',
    ko: '최근 결제가 실패했습니다. 영수증 페이지에서 결제를 마쳐 주세요.',
  },
  unavailable: {
    en: 'The shop does not answer. Please try again in a minute.',
    ko: '결제 서비스가 응답하지 않습니다. 잠시 뒤에 다시 시도해 주세요.',
  },
  other: {
    en: 'That did not work. Please try again.',
    ko: '처리하지 못했습니다. 다시 시도해 주세요.',
  },
} satisfies Record<string, Text>;

const count = (value: number | null, language: Language): string =>
  value === null ? texts.unlimited[language] : value.toLocaleString('en-US');

function tierRow(tier: SoldTier, language: Language): Html {
  const { pricePerMonthUsd, memories, agents, requestsPerMinute, apiKeys } = tierLimits[tier];
  const cells = [memories, agents, requestsPerMinute, apiKeys];
  return html`<tr data-tier="${tier}"><th scope="row">${tier}</th><td>$${pricePerMonthUsd ?? 0}</td>${cells.map(
    (value) => html`<td>${count(value, language)}</td>`,
  )}<td>${tier === 'free' ? [] : html`<button data-tier="${tier}" hidden>${texts.buy[language]}</button>`}</td></tr>`;
}

/** `/pricing`: the tiers, from the one source of limits and prices, and where to buy them. */
export const pricingPage = makePage({
  path: '/pricing',
  title: { en: 'Pricing', ko: '요금제' },
  script,
  body: (language) => html`<p>${texts.intro[language]}</p>
<table>
<thead><tr>${[
    texts.tier,
    texts.price,
    texts.memories,
    texts.agents,
    texts.requests,
    texts.keys,
  ].map((head) => html`<th scope="col">${head[language]}</th>`)}<td></td></tr></thead>
<tbody>
${soldTiers.map((tier) => tierRow(tier, language))}
</tbody>
</table>
<p id="signed-out" hidden>${texts.signedOut[language]} <a id="sign-in">${texts.signIn[language]}</a></p>
<button id="portal" class="plain" hidden>${texts.portal[language]}</button>
<p id="message" role="alert"></p>
${sayings(said, language)}`,
});
