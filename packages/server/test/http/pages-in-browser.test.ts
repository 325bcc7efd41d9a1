import type { CreatedApiKey, DeviceResponse } from '@stellar-memory/protocol';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SignInServer, startSignInServer } from '../auth/sign-in-server.js';
import { browserPath, openBrowser } from '../support/browser.js';
import { engines, type TestDatabase } from '../support/engines.js';

describe.skipIf(browserPath === undefined)('a person at the pages, in a real browser', () => {
  let db: TestDatabase;
  let server: SignInServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    db = await engines[0]!.open();
    server = await startSignInServer(db, { intervalSeconds: 0 });
    browser = await openBrowser();
  });
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'ko-KR' });
    page = await context.newPage();
    // What the policy refuses, and what a script throws, is said here.
    page.on('console', (said) => {
      if (said.type() === 'error' && !/status of 4\d\d/.test(said.text()))
        complaints.push(said.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    return () => context.close();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await db.close();
  });

  const begin = async (): Promise<DeviceResponse> =>
    (await server.post('/auth/device', { name: '<b>laptop</b>' })).json as DeviceResponse;
  const poll = ({ device_code }: DeviceResponse) =>
    server.post('/auth/device/token', { device_code });

  const told = (text: string) => page.getByRole('alert').filter({ hasText: text }).waitFor();

  async function signInHere(email: string) {
    await page.getByLabel('이메일 주소').fill(email);
    await page.getByRole('button', { name: '코드 받기' }).click();
    await page.getByLabel('메일로 받은 코드').fill('0000 0000');
    await page.getByRole('button', { name: '로그인' }).click();
    await told('올바르지 않은 코드입니다');
    await page.getByLabel('메일로 받은 코드').fill(server.codeFor(email));
    await page.getByRole('button', { name: '로그인' }).click();
  }

  test('is led from the code to signing in and back, and lets the device in', async () => {
    const asked = await begin();
    await page.goto(`${server.url}/device#${asked.user_code}`);
    await page.waitForURL('**/sign-in?next=/device&lang=ko#*');
    await signInHere('mina@example.com');
    await page.waitForURL(`**/device?lang=ko#${asked.user_code}`);
    await page.getByRole('button', { name: '계속' }).click();
    await page.getByText('직접 방금 시작한 프로그램이 맞습니까?').waitFor();
    expect(await page.locator('#name').textContent()).toBe('<b>laptop</b>');
    expect(await page.locator('#name b').count()).toBe(0);
    expect((await poll(asked)).json).toMatchObject({ code: 'authorization_pending' });
    await page.getByRole('button', { name: '허용' }).click();
    await page.getByText('프로그램에 전용 키를 주었습니다').waitFor();
    const key = (await poll(asked)).json as CreatedApiKey;
    expect(key.api_key).toMatch(/^sm_live_/);

    // The tier's only key is in use now: the page says so, in the language that is chosen.
    const next = await begin();
    await page.goto(`${server.url}/device?lang=en`);
    await page.getByLabel('Code').fill(next.user_code.toLowerCase());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Let it in' }).click();
    await told('All API keys of your tier are in use.');
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByText('It was denied.').waitFor();
    expect((await poll(next)).json).toMatchObject({ code: 'access_denied' });
    expect(complaints).toEqual([]);
  });

  test('runs no script that came with a text', async () => {
    await page.goto(`${server.url}/sign-in?lang=en`);
    await page.evaluate(`
      document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="document.title = \\'taken\\'">');
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.title = "taken"' }));
    `);
    await page.getByLabel('E-mail address').waitFor();
    expect(await page.title()).toBe('Sign in – Stellar Memory');
    expect(complaints.join()).toContain('Content Security Policy');
    complaints.length = 0;
  });
});
