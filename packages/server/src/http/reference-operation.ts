import { type Html, html } from './html.js';
import type {
  ContentObject,
  JsonSchema,
  OperationObject,
  ResponseObject,
} from './open-api-types.js';

type Schemas = Readonly<Record<string, JsonSchema>>;

/** An operation with where it is. */
export interface LocatedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

/** One operation of the reference page: who may call it, what it takes, what it answers. */
export function operationSection(
  { method, path, operation }: LocatedOperation,
  schemas: Schemas,
  baseUrl: string,
): Html {
  return html`<section id="${operation.operationId}">
<h3><span class="method">${method}</span> <code>${path}</code></h3>
<p>${operation.summary}. ${operation.description ?? ''}</p>
<p><span class="access">${accessOf(operation)}</span></p>
${parameterTable(operation)}
${bodyTable(operation, schemas)}
<pre>${curlOf(method, path, operation, baseUrl)}</pre>
${responseTable(operation)}
</section>`;
}

function accessOf({ security }: OperationObject): string {
  const [first] = security;
  if (first === undefined) return 'open to all';
  if ('operatorToken' in first) return 'operator token';
  return `API key with scope ${Object.values(first).flat().join(', ')}`;
}

function parameterTable({ parameters = [] }: OperationObject): Html {
  if (parameters.length === 0) return html``;
  const rows = parameters.map(({ name, in: place, required, description = '', schema }) =>
    row(`${name} (${place})`, typeOf(schema), required, description),
  );
  return fieldTable('Parameter', rows);
}

function bodyTable({ requestBody }: OperationObject, schemas: Schemas): Html {
  const reference = requestBody?.content['application/json']?.schema;
  if (reference === undefined) return html``;
  const { properties = {}, required = [] } = resolve(reference, schemas);
  const rows = Object.entries(properties).map(([name, schema]) =>
    row(name, typeOf(schema), required.includes(name), schema.description ?? ''),
  );
  return fieldTable('Field of the body', rows);
}

const fieldTable = (title: string, rows: readonly Html[]): Html =>
  html`<table><thead><tr><th>${title}</th><th>Type</th><th>Meaning</th></tr></thead>
<tbody>${rows}</tbody></table>`;

const row = (name: string, type: string, required: boolean, meaning: string): Html =>
  html`<tr><td><code>${name}</code>${required ? ' required' : ''}</td><td>${type}</td><td>${meaning}</td></tr>`;

function responseTable({ responses }: OperationObject): Html {
  const rows = Object.entries(responses).map(
    ([status, response]) => html`<tr><td>${status}</td><td>${meaningOf(response)}</td></tr>`,
  );
  const examples = Object.values(responses).flatMap(({ content }) =>
    Object.values(content).flatMap(exampleOf),
  );
  return html`<details><summary>Answers</summary>
<table><thead><tr><th>Status</th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table></details>
${examples}`;
}

const meaningOf = ({ description }: ResponseObject): string =>
  description.replaceAll('`', '').replaceAll('\n\n', ' ');

const exampleOf = ({ example }: ContentObject): Html[] =>
  example === undefined ? [] : [html`<pre>${JSON.stringify(example, null, 2)}</pre>`];

function resolve(schema: JsonSchema, schemas: Schemas): JsonSchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (schemas[name] ?? schema);
}

/** A schema in a few words: what a reader needs to send the right thing. */
function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(', ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  const bounds = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'default']
    .filter((keyword) => schema[keyword] !== undefined)
    .map((keyword) => `${keyword} ${JSON.stringify(schema[keyword])}`);
  return [schema.format ?? schema.type ?? 'any', ...bounds].join(', ');
}

/** A command that works when pasted, once the key is put in. */
function curlOf(method: string, path: string, operation: OperationObject, baseUrl: string): string {
  const query = (operation.parameters ?? [])
    .filter((parameter) => parameter.in === 'query' && parameter.required)
    .map(({ name }) => `${name}=dark%20mode`);
  const url = `${baseUrl}${path}${query.length === 0 ? '' : `?${query.join('&')}`}`;
  const example = operation.requestBody?.content['application/json']?.example;
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} '${url}'`,
    ...headersOf(operation).map((header) => `-H "${header}"`),
    ...(example === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example)}'`]),
  ].join(' \\\n  ');
}

function headersOf({ security }: OperationObject): string[] {
  const [first] = security;
  if (first === undefined) return [];
  return 'operatorToken' in first
    ? ['Authorization: Bearer $STELLAR_ADMIN_TOKEN']
    : ['X-API-Key: $STELLAR_API_KEY'];
}
