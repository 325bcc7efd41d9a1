import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { languageOf } from '../../src/http/pages/language.js';
import { send } from './support/exchange.js';
import { startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const page = (path: string, language?: string) =>
  send(
    server.url + path,
    language === undefined ? {} : { headers: { 'accept-language': language } },
  );

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const paths = ['/sign-in', '/device', '/pricing'];

describe.each(paths)('the page %s', (path) => {
  test('runs its own script and style, and nothing else whatever comes to stand there', async () => {
    const { text, headers } = await page(path);
    const policy = headers.get('content-security-policy')!;
    const scripts = [...text.matchAll(/<script>([^]*?)<\/script>/g)].map(([, code]) => code!);
    const styles = [...text.matchAll(/<style>([^]*?)<\/style>/g)].map(([, css]) => css!);
    expect(scripts).toHaveLength(1);
    expect(policy).toContain(`script-src ${hashOf(scripts[0]!)};`);
    expect(policy).toContain(`style-src ${hashOf(styles[0]!)};`);
    expect(policy).not.toContain('unsafe');
    for (const fence of [
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "connect-src 'self'",
    ])
      expect(policy).toContain(fence);
    expect(text).not.toMatch(/<[^>]+ (on\w+|style|src|action)=/);
    expect(scripts[0]).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval/);
  });

  test('is in English and in Korean, as the reader or his browser chooses', async () => {
    const [en, ko] = [await page(path), await page(path, 'ko-KR,ko;q=0.9,en;q=0.8')];
    expect(en.text).toContain('<html lang="en">');
    expect(ko.text).toContain('<html lang="ko">');
    expect((await page(`${path}?lang=ko`, 'en')).text).toBe(ko.text);
    const korean = (text: string) => text.replace(/<script>[^]*/, '').match(/[가-힣]+/g) ?? [];
    expect(korean(ko.text).length).toBeGreaterThan(20);
    // The link to the other language, and no more.
    expect(korean(en.text)).toEqual(['한국어']);
  });

  test('has every part that its script asks for', async () => {
    const { text } = await page(path);
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const asked = [...text.matchAll(/(?:part|show|onSubmit)\('([\w-]+)'[,)]/g)].map(([, id]) => id);
    expect(asked.length).toBeGreaterThan(3);
    for (const id of asked) expect(ids).toContain(id);
    for (const [, label] of text.matchAll(/<label for="([^"]+)"/g)) expect(ids).toContain(label);
  });

  test('takes no other parameter', async () => {
    expect((await page(`${path}?lang=fr`)).status).toBe(400);
    expect((await page(`${path}?user_code=BCDFGHJK`)).status).toBe(400);
  });
});

test('signing in leads to pages of this server only', async () => {
  expect((await page('/sign-in?next=/device')).status).toBe(200);
  for (const next of [
    'https://evil.example',
    '//evil.example',
    '/device/../x',
    'javascript:alert(1)',
  ])
    expect((await page(`/sign-in?next=${encodeURIComponent(next)}`)).status).toBe(400);
});

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['fr, de', 'en'],
  ['ko', 'ko'],
  ['fr-FR, ko;q=0.5, en;q=0.3', 'ko'],
  ['en-GB, ko', 'en'],
])('a browser that asks for %j is answered in %s', (header, language) => {
  expect(languageOf(undefined, header)).toBe(language);
});
