import { html } from '../html.js';
import { browserScript } from './browser-script.js';
import type { Text } from './language.js';
import { makePage, sayings } from './page.js';

const script = `${browserScript}
const toSignIn = () => location.replace('/sign-in?next=/device&lang=' + language + location.hash);
let user_code;
onSubmit('enter', async () => {
  user_code = part('code').value;
  const device = await ask('/auth/device/inspect', { user_code });
  part('name').textContent = device.name;
  part('scopes').textContent = device.scopes.map((scope) => part('say-scope-' + scope).textContent).join(', ');
  part('since').textContent = new Date(device.requested_at).toLocaleTimeString(language);
  show('decide');
});
onSubmit('decide', async (button) => {
  const { granted } = await ask('/auth/device/decide', { user_code, grant: button.id === 'grant' });
  show(granted ? 'granted' : 'denied');
});
part('code').value = decodeURIComponent(location.hash.slice(1)).slice(0, 20);
fetch('/auth/sessions').then((answer) => { if (answer.ok) show('enter'); else toSignIn(); }, () => say('other'));
`;

const texts = {
  intro: {
    en: 'A program shows you a code and wants to use your account. Type in the code.',
    ko: '프로그램이 코드를 보여 주며 내 계정을 쓰려고 합니다. 그 코드를 입력하세요.',
  },
  code: { en: 'Code', ko: '코드' },
  look: { en: 'Continue', ko: '계속' },
  question: {
    en: 'Does this program run for you, and did you start it yourself just now?',
    ko: '직접 방금 시작한 프로그램이 맞습니까?',
  },
  warning: {
    en: 'If somebody sent you the code, deny: whoever has the program would have your memories.',
    ko: '다른 사람이 보낸 코드라면 거부하세요. 그 프로그램을 가진 사람이 내 기억을 모두 보게 됩니다.',
  },
  name: { en: 'Calls itself', ko: '이름' },
  scopes: { en: 'May', ko: '허용할 일' },
  since: { en: 'Asked at', ko: '요청 시각' },
  grant: { en: 'Let it in', ko: '허용' },
  deny: { en: 'Deny', ko: '거부' },
  granted: {
    en: 'It has a key of its own now, which you find among your API keys. You may close this page.',
    ko: '프로그램에 전용 키를 주었습니다. 키는 API 키 목록에 있습니다. 이 페이지를 닫아도 됩니다.',
  },
  denied: { en: 'It was denied.', ko: '거부했습니다.' },
} satisfies Record<string, Text>;

const said = {
  'scope-read': { en: 'read memories', ko: '기억 읽기' },
  'scope-write': { en: 'store and change memories', ko: '기억 저장과 변경' },
  'scope-admin': { en: 'manage keys and the account', ko: '키와 계정 관리' },
  not_found: {
    en: 'No device shows this code now. Codes are good for ten minutes.',
    ko: '지금 이 코드를 보여 주는 기기가 없습니다. 코드는 10분 동안만 쓸 수 있습니다.',
  },
  invalid_content: { en: 'A code has eight letters.', ko: '코드는 영문자 8자리입니다.' },
  quota_exceeded: {
    en: 'All API keys of your tier are in use. Revoke one or upgrade, then try again.',
    ko: '요금제의 API 키를 모두 쓰고 있습니다. 키 하나를 폐기하거나 요금제를 올린 뒤 다시 시도하세요.',
  },
  rate_limited: {
    en: 'Too many tries. Please wait ten minutes.',
    ko: '너무 여러 번 시도했습니다. 10분 뒤에 다시 시도해 주세요.',
  },
  unauthorized: {
    en: 'Your session has ended. Reload the page.',
    ko: '로그인이 끝났습니다. 페이지를 새로 고침하세요.',
  },
  other: {
    en: 'That did not work. Please try again.',
    ko: '처리하지 못했습니다. 다시 시도해 주세요.',
  },
} satisfies Record<string, Text>;

/** `/device`: the code that a device shows, who it is, and a person's decision. */
export const devicePage = makePage({
  path: '/device',
  title: { en: 'Let a device in', ko: '기기 연결' },
  script,
  body: (language) => html`<form id="enter" data-part hidden>
<p>${texts.intro[language]}</p>
<label for="code">${texts.code[language]}</label>
<input id="code" class="code" required maxlength="20" autocomplete="off" autocapitalize="characters" spellcheck="false">
<button>${texts.look[language]}</button>
</form>
<form id="decide" data-part hidden>
<p><strong>${texts.question[language]}</strong></p>
<p>${texts.warning[language]}</p>
<table>
<tr><th scope="row">${texts.name[language]}</th><td id="name"></td></tr>
<tr><th scope="row">${texts.scopes[language]}</th><td id="scopes"></td></tr>
<tr><th scope="row">${texts.since[language]}</th><td id="since"></td></tr>
</table>
<button id="deny" class="plain">${texts.deny[language]}</button>
<button id="grant">${texts.grant[language]}</button>
</form>
<p id="granted" data-part hidden>${texts.granted[language]}</p>
<p id="denied" data-part hidden>${texts.denied[language]}</p>
<p id="message" role="alert"></p>
${sayings(said, language)}`,
});
