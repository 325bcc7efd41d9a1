import { createHash } from 'node:crypto';
import { type Html, html } from '../html.js';
import { referenceStyle } from '../reference-style.js';
import { type Language, languages, type Text } from './language.js';

/** What one page consists of. */
export interface PageParts {
  readonly path: string;
  readonly title: Text;
  readonly body: (language: Language) => Html;
  /** Runs at the end of the body. Absent: the page works without. */
  readonly script?: string;
}

/** A page, made once when the server starts, and what a browser may do with it. */
export interface Page {
  readonly policy: string;
  readonly markup: Readonly<Record<Language, string>>;
}

const style = `${referenceStyle}
body { max-width: 44rem; }
form, fieldset { display: grid; gap: 0.75rem; max-width: 24rem; border: 0; padding: 0; margin: 1.5rem 0; }
input, button { font: inherit; padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 0.375rem; }
input { background: transparent; color: inherit; }
input.code { font: 1.25rem ui-monospace, monospace; letter-spacing: 0.15em; }
button { cursor: pointer; border-color: var(--accent); background: var(--accent); color: Canvas; }
button.plain { background: transparent; color: var(--accent); }
[role="alert"] { min-height: 1.5rem; font-weight: 600; }
[hidden] { display: none; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 0.5rem; }
`;

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * A page in every language. Its script and its style are named by their hashes, so nothing else runs on it, whatever
 * comes to stand there; it talks to this server only, is in nobody's frame, and its forms go nowhere by themselves.
 */
export function makePage(parts: PageParts): Page {
  const { script } = parts;
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`, "connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const [en, ko] = languages.map((language) => documentOf(parts, language));
  return { policy, markup: { en: en!, ko: ko! } };
}

const documentOf = ({ path, title, body, script }: PageParts, language: Language): string =>
  html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${title[language]} – Stellar Memory</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
<h1>${title[language]}</h1>
${body(language)}
</main>
<footer><a href="${path}?lang=en" lang="en">English</a> · <a href="${path}?lang=ko" lang="ko">한국어</a></footer>
${script === undefined ? [] : html`<script>${{ markup: script }}</script>`}
</body>
</html>
`.markup;

/** Texts for the page's script, which has none of its own: each is found by its name and stays hidden. */
export const sayings = (texts: Readonly<Record<string, Text>>, language: Language): Html =>
  html`<ul hidden>
${Object.entries(texts).map(([name, text]) => html`<li id="say-${name}">${text[language]}</li>`)}
</ul>
<noscript><p>${needsScript[language]}</p></noscript>`;

const needsScript: Text = {
  en: 'This page needs JavaScript.',
  ko: '이 페이지를 쓰려면 JavaScript가 필요합니다.',
};
