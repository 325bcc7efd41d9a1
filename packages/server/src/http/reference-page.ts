import { createHash } from 'node:crypto';
import { errorCodes } from '@stellar-memory/protocol';
import { type Html, html } from './html.js';
import type { JsonSchema, OpenApiDocument } from './open-api-types.js';
import { type LocatedOperation, operationSection } from './reference-operation.js';
import { referenceStyle } from './reference-style.js';

const styleHash = createHash('sha256').update(referenceStyle).digest('base64');

/** Nothing runs on the page and nothing is loaded: it has no script, and one style that is named by its hash. */
export const referencePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The OpenAPI document as one page of HTML without scripts. */
export function referencePage(document: OpenApiDocument, baseUrl: string): string {
  const operations = operationsOf(document);
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${document.info.title} API ${document.info.version}</title>
<style>${{ markup: referenceStyle }}</style>
</head>
<body>
<header>
<h1>${document.info.title} API <small>${document.info.version}</small></h1>
${paragraphs(document.info.description)}
<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>
</header>
<nav aria-label="Operations"><ul>${operations.map(navigationItem)}</ul></nav>
<main>
${document.tags.map((tag) => tagSection(tag, operations, document, baseUrl))}
${errorSection()}
${schemaSection(document.components.schemas)}
</main>
</body>
</html>
`;
  return markup;
}

const operationsOf = ({ paths }: OpenApiDocument): LocatedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );

const paragraphs = (text: string): Html[] =>
  text.split('\n\n').map((paragraph) => html`<p>${paragraph.replaceAll('`', '')}</p>`);

const navigationItem = ({ method, path, operation }: LocatedOperation): Html =>
  html`<li><a href="#${operation.operationId}"><span class="method">${method}</span> ${path}</a></li>`;

function tagSection(
  tag: OpenApiDocument['tags'][number],
  operations: readonly LocatedOperation[],
  { components }: OpenApiDocument,
  baseUrl: string,
): Html {
  const own = operations.filter(({ operation }) => operation.tags.includes(tag.name));
  return html`<h2>${tag.name}</h2>
<p>${tag.description}</p>
${own.map((located) => operationSection(located, components.schemas, baseUrl))}`;
}

const errorSection = (): Html => html`<h2 id="errors">Errors</h2>
<table>
<thead><tr><th>Status</th><th>Code</th><th>What to do</th></tr></thead>
<tbody>
${Object.entries(errorCodes).map(
  ([code, { status, next }]) =>
    html`<tr><td>${status}</td><td><code>${code}</code></td><td>${next}</td></tr>`,
)}
</tbody>
</table>`;

const schemaSection = (schemas: Readonly<Record<string, JsonSchema>>): Html =>
  html`<h2 id="schemas">Schemas</h2>
${Object.entries(schemas).map(
  ([name, schema]) =>
    html`<details id="schema-${name}"><summary><code>${name}</code></summary>
<pre>${JSON.stringify(schema, null, 2)}</pre></details>`,
)}`;
