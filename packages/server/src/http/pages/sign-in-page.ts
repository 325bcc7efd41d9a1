import { html } from '../html.js';
import { browserScript } from './browser-script.js';
import type { Text } from './language.js';
import { makePage, sayings } from './page.js';

/** Pages of this server that signing in leads back to. No other address is ever gone to. */
export const pagesBehindSignIn = ['/device', '/pricing'] as const;

const script = `${browserScript}
const next = new URLSearchParams(location.search).get('next');
let request;
onSubmit('ask', async () => {
  const email = part('email').value;
  request = (await ask('/auth/register', { email })).request;
  part('sent-to').textContent = email;
  show('prove');
});
onSubmit('prove', async () => {
  await ask('/auth/verify', { request, code: part('code').value });
  if (next) location.assign(next + '?lang=' + language + location.hash);
  else show('done');
});
part('again').addEventListener('click', () => { say(''); show('ask'); });
show('ask');
`;

const texts = {
  intro: {
    en: 'There is no password. We send a code to your mailbox; whoever can read it is you. A new address makes a new account.',
    ko: '비밀번호가 없습니다. 메일로 코드를 보내 드리며, 그 메일을 읽을 수 있는 사람이 곧 본인입니다. 처음 쓰는 주소라면 계정이 새로 만들어집니다.',
  },
  email: { en: 'E-mail address', ko: '이메일 주소' },
  send: { en: 'Send me a code', ko: '코드 받기' },
  sent: { en: 'If mail reaches it, a code is on its way to', ko: '다음 주소로 코드를 보냈습니다:' },
  code: { en: 'Code from the e-mail (8 digits)', ko: '메일로 받은 코드 (숫자 8자리)' },
  enter: { en: 'Sign in', ko: '로그인' },
  again: { en: 'Use another address', ko: '다른 주소 쓰기' },
  done: { en: 'You are signed in.', ko: '로그인되었습니다.' },
} satisfies Record<string, Text>;

const problems = {
  unauthorized: {
    en: 'This code is not valid. It serves once, for ten minutes and five tries, on the page that asked for it.',
    ko: '올바르지 않은 코드입니다. 코드는 요청한 화면에서 10분 안에 한 번만 쓸 수 있고, 다섯 번까지 입력할 수 있습니다.',
  },
  invalid_content: {
    en: 'Please check what you typed.',
    ko: '입력한 내용을 확인해 주세요.',
  },
  rate_limited: {
    en: 'Too many requests. Please wait a moment.',
    ko: '요청이 너무 많습니다. 잠시 뒤에 다시 시도해 주세요.',
  },
  account_suspended: { en: 'This account is suspended.', ko: '정지된 계정입니다.' },
  other: {
    en: 'That did not work. Please try again.',
    ko: '처리하지 못했습니다. 다시 시도해 주세요.',
  },
} satisfies Record<string, Text>;

/** `/sign-in`: an address, then the code that was sent there. */
export const signInPage = makePage({
  path: '/sign-in',
  title: { en: 'Sign in', ko: '로그인' },
  script,
  body: (language) => html`<p>${texts.intro[language]}</p>
<form id="ask" data-part hidden>
<label for="email">${texts.email[language]}</label>
<input id="email" type="email" required maxlength="254" autocomplete="email">
<button>${texts.send[language]}</button>
</form>
<form id="prove" data-part hidden>
<p>${texts.sent[language]} <strong id="sent-to"></strong></p>
<label for="code">${texts.code[language]}</label>
<input id="code" class="code" required maxlength="20" inputmode="numeric" autocomplete="one-time-code">
<button>${texts.enter[language]}</button>
<button id="again" type="button" class="plain">${texts.again[language]}</button>
</form>
<p id="done" data-part hidden>${texts.done[language]}</p>
<p id="message" role="alert"></p>
${sayings(problems, language)}`,
});
