import fc from 'fast-check';
import type {
  OpenApiDocument,
  OperationObject,
  ParameterObject,
} from '../../../src/http/open-api-types.js';
import { JsonTexts, nastyText, scalarOf } from './json-text.js';

/** Who a request claims to be. The fuzz suite knows the keys. */
export type Credential = 'alice' | 'bob' | 'reader' | 'operator' | 'none' | 'wrong' | 'two';

/** A request before it is sent: ids and keys are filled in then. */
export interface FuzzRequest {
  readonly method: string;
  /** Path template of the operation that it aims at. */
  readonly template: string;
  /** Text for each parameter of the path; `undefined` asks for the id of something that exists. */
  readonly pathValue: string | undefined;
  readonly query: string;
  readonly credential: Credential;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** Requests of every operation of the document, from valid to hopeless. */
export function requestsOf(document: OpenApiDocument): fc.Arbitrary<FuzzRequest> {
  const texts = new JsonTexts(document.components.schemas);
  const operations = Object.entries(document.paths).flatMap(([template, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      // Open operations take nothing: there is little to try.
      weight: operation.security.length === 0 ? 1 : 5,
      arbitrary: requestOf(template, method.toUpperCase(), operation, texts),
    })),
  );
  return fc.oneof(...operations);
}

function requestOf(
  template: string,
  documented: string,
  operation: OperationObject,
  texts: JsonTexts,
): fc.Arbitrary<FuzzRequest> {
  return fc.record({
    method: mostly(fc.constant(documented), 40, fc.constantFrom('GET', 'PUT', 'POST', 'DELETE')),
    template: fc.constant(template),
    pathValue: mostly(fc.constant(undefined), 3, nastyText),
    query: queryOf(operation.parameters ?? []),
    credential: credentialOf(operation),
    headers: headersOf(operation),
    body: bodyOf(operation, texts),
  });
}

const mostly = <T>(usual: fc.Arbitrary<T>, weight: number, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

function credentialOf({ security }: OperationObject): fc.Arbitrary<Credential> {
  const [first] = security;
  const usual = fc.constantFrom<Credential>('alice', 'alice', 'alice', 'bob', 'reader');
  const odd = fc.constantFrom<Credential>('none', 'wrong', 'two', 'operator', 'alice');
  if (first !== undefined && 'operatorToken' in first)
    return mostly(fc.constant<Credential>('operator'), 8, odd);
  return mostly(first === undefined ? fc.constant<Credential>('none') : usual, 12, odd);
}

/** Stands in a query for the id of something that exists. */
export const somethingKnown = '{id}';

/** Parameters by which an answer could be long in coming: what waits is the sync suites' to test. */
const prompt: Readonly<Record<string, string>> = { wait: 'wait=0', follow: 'follow=false' };

/** A query string as text: parameters of the operation and, now and then, what none may be. */
function queryOf(parameters: readonly ParameterObject[]): fc.Arbitrary<string> {
  const parts = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, required, schema }) => {
      if (prompt[name] !== undefined) return fc.constant(prompt[name]);
      const value = mostly(textOf(schema), 20, nastyText).map((text) => `${name}=${escape(text)}`);
      if (name === 'to') return mostly(fc.constant(`to=${somethingKnown}`), 5, value);
      return mostly(required ? value : fc.constant(''), required ? 30 : 3, value);
    });
  const surplus = fc.constantFrom('x=1', 'api_key=secret', 'q=a&q=b', '%', '%ff=%ff', '&&', '=');
  return fc
    .tuple(...parts, mostly(fc.constant(''), 30, surplus))
    .map((texts) => texts.filter((text) => text !== '').join('&'));
}

const textOf = (schema: ParameterObject['schema']): fc.Arbitrary<string> => {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map(String));
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(textOf));
  if (schema['pattern'] !== undefined) return fc.nat(2_000_000_000).map(String);
  return scalarOf(schema).map(String);
};

/** A lone surrogate has no escape: it stays out of URLs, which are bytes. */
const escape = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Cs}/gu, ''));

const idempotencyKey = fc.oneof(
  fc.nat(400).map((number) => `key-${number}`),
  fc.constantFrom('k'.repeat(256), ' ', 'a\tb', 'é'),
);

function headersOf({ parameters = [], requestBody }: OperationObject) {
  const names = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  const type = mostly(
    fc.constant(Object.keys(requestBody?.content ?? {})[0] ?? 'application/json'),
    40,
    fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'multipart/form-data', ';'),
  );
  const tag = fc.constantFrom('*', '"x"', 'W/"x"', 'x', '"a", "b"', '""');
  return fc
    .record({
      'idempotency-key': mostly(
        fc.constant(''),
        names.includes('Idempotency-Key') ? 2 : 40,
        idempotencyKey,
      ),
      'if-match': mostly(fc.constant(''), names.includes('If-Match') ? 2 : 40, tag),
      'content-type': requestBody === undefined ? mostly(fc.constant(''), 40, type) : type,
      'content-encoding': mostly(fc.constant(''), 100, fc.constantFrom('gzip', 'identity')),
      expect: mostly(fc.constant(''), 400, fc.constantFrom('100-continue', 'tea')),
    })
    .map((headers) =>
      Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '')),
    );
}

function bodyOf({ requestBody }: OperationObject, texts: JsonTexts) {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
  const huge = fc.constantFrom(256 * 1024, 300_000).map((length) => Buffer.alloc(length, 'a'));
  const none = fc.constant(undefined);
  const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
  if (schema === undefined) return mostly<Buffer | undefined>(none, 40, bytes);
  return fc.oneof<fc.WeightedArbitrary<Buffer | undefined>[]>(
    { weight: 60, arbitrary: texts.bodyOf(schema).map((text) => Buffer.from(text)) },
    { weight: 2, arbitrary: bytes },
    { weight: 1, arbitrary: none },
    { weight: 1, arbitrary: huge },
  );
}
