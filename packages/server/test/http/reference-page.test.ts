import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { html } from '../../src/http/html.js';
import { routes } from '../../src/http/routes.js';
import { type Answer, send } from './support/exchange.js';
import { startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
let page: Answer;
beforeAll(async () => {
  server = await startServer({ config: { publicUrl: 'https://memory.example' } });
  page = await send(`${server.url}/docs`, { headers: { host: 'evil.example' } });
});
afterAll(() => server.close());

describe('The reference page', () => {
  test('shows every operation with a command that can be pasted', () => {
    for (const { operationId, path } of routes) {
      expect(page.text).toContain(`<section id="${operationId}">`);
      expect(page.text).toContain(`&#39;https://memory.example${path}`);
    }
  });

  test('runs nothing and loads nothing, and its policy says so', () => {
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|style="/i);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const style = /<style>([\s\S]*)<\/style>/.exec(page.text)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
  });

  test('takes no address from a Host header', async () => {
    const document = await send(`${server.url}/openapi.json`, {
      headers: { host: 'evil.example' },
    });
    for (const { text } of [page, document]) expect(text).not.toContain('evil.example');
    expect(document.json).toMatchObject({ servers: [{ url: 'https://memory.example' }] });
  });
});

describe('Markup', () => {
  test('escapes text and keeps what is markup already', () => {
    const inner = html`<b>${'<script>"&\''}</b>`;
    expect(html`<p title="${'"x"'}">${[inner, inner]}${1}</p>`.markup).toBe(
      '<p title="&quot;x&quot;"><b>&lt;script&gt;&quot;&amp;&#39;</b>\n<b>&lt;script&gt;&quot;&amp;&#39;</b>1</p>',
    );
  });
});
