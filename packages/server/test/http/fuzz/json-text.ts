import fc from 'fast-check';
import type { JsonSchema } from '../../../src/http/open-api-types.js';

/** Texts that programs trip over. None may be more than refused. */
const nastyTexts = [
  '',
  ' ',
  'null',
  '__proto__',
  "'; drop table memories; --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%00%ff',
  '{{7*7}} ${7*7}',
  '\u202e\u0007\u001b[31m',
  '한국어 기억 😀 e\u0301',
  'a'.repeat(1_001),
  '\uffff\ufffe',
];

/** JSON literals that are malformed, lossy, deep, polluting, or merely of another type than expected. */
const nastyLiterals = [
  'null',
  'true',
  '[]',
  '{}',
  '-1',
  '1e308',
  '1e400',
  '-0',
  '0.1e-400',
  '9007199254740993',
  'NaN',
  'undefined',
  '01',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"\\x"',
  '"\u0001"',
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"a":1,"a":2}',
  `${'['.repeat(41)}${']'.repeat(41)}`,
  '['.repeat(5_000),
  `"${'x'.repeat(40_000)}"`,
];

export const nastyText = fc.oneof(
  fc.constantFrom(...nastyTexts),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const nastyLiteral = fc.oneof(
  fc.constantFrom(...nastyLiterals),
  nastyText.map((text) => JSON.stringify(text)),
  fc.json({ maxDepth: 4 }),
);

type Schemas = Readonly<Record<string, JsonSchema>>;

/** JSON texts of a schema: mostly valid, sometimes with one thing wrong, sometimes no JSON at all. */
export class JsonTexts {
  readonly #schemas: Schemas;

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /** A body for the schema, well or badly. */
  bodyOf(schema: JsonSchema): fc.Arbitrary<string> {
    const body = this.#valueOf(schema, 8);
    return fc.oneof(
      { weight: 14, arbitrary: body },
      { weight: 1, arbitrary: nastyLiteral },
      { weight: 1, arbitrary: fc.tuple(body, fc.nat()).map(cut) },
      { weight: 1, arbitrary: body.map((text) => `${text}x`) },
    );
  }

  /** The text of a value that the schema allows, but for one in `oddsOfNasty` parts. */
  #valueOf(schema: JsonSchema, oddsOfNasty: number): fc.Arbitrary<string> {
    const valid = this.#validOf(schema, oddsOfNasty);
    return fc.oneof(
      { weight: oddsOfNasty * 4, arbitrary: valid },
      { weight: 1, arbitrary: nastyLiteral },
    );
  }

  #validOf(schema: JsonSchema, odds: number): fc.Arbitrary<string> {
    if (schema.$ref !== undefined) return this.#validOf(this.#resolve(schema.$ref), odds);
    const options = schema.anyOf ?? schema.oneOf;
    if (options !== undefined)
      return fc.oneof(...options.map((option) => this.#validOf(option, odds)));
    if (schema.const !== undefined) return fc.constant(JSON.stringify(schema.const));
    if (schema.enum !== undefined)
      return fc.constantFrom(...schema.enum.map((value) => JSON.stringify(value)));
    if (schema.properties !== undefined) return this.#objectOf(schema, odds);
    if (schema.items !== undefined)
      return fc
        .array(this.#valueOf(schema.items, odds), { minLength: 1, maxLength: 3 })
        .map((items) => `[${items.join(',')}]`);
    return scalarOf(schema).map((value) => JSON.stringify(value));
  }

  #objectOf({ properties = {}, required = [] }: JsonSchema, odds: number): fc.Arbitrary<string> {
    const members = Object.entries(properties).map(([name, schema]) => {
      const member = this.#valueOf(schema, odds).map((text) => `${JSON.stringify(name)}:${text}`);
      const weight = required.includes(name) ? 30 : 1;
      return fc.oneof({ weight, arbitrary: member }, { weight: 1, arbitrary: fc.constant('') });
    });
    const surplus = fc.oneof(
      { weight: 30, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom('"user_id":"x"', '"__proto__":{}', '"a\\u0000":1') },
    );
    return fc
      .tuple(...members, surplus)
      .map((parts) => `{${parts.filter((part) => part !== '').join(',')}}`);
  }

  #resolve(reference: string): JsonSchema {
    const schema = this.#schemas[reference.split('/').at(-1) ?? ''];
    if (schema === undefined) throw new Error(`the document has no ${reference}`);
    return schema;
  }
}

const cut = ([text, at]: [string, number]): string => text.slice(0, at % (text.length + 1));

/** A value of a schema without parts. */
export function scalarOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'object':
      return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), {
        maxKeys: 4,
      });
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textOf({ format, minLength, maxLength, pattern }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'date-time') return validDate.map((date) => date.toISOString());
  if (format === 'date') return validDate.map((date) => date.toISOString().slice(0, 10));
  if (format === 'email') return fc.nat(200).map((number) => `user${number}@example.com`);
  if (format === 'uuid') return fc.uuid();
  if (format === 'uri') return fc.constantFrom('https://app.example.com', 'http://127.0.0.1:3000');
  if (typeof pattern === 'string') return fc.stringMatching(new RegExp(pattern));
  return fc.string({
    unit: 'grapheme',
    minLength: (minLength as number | undefined) ?? 0,
    maxLength: Math.min((maxLength as number | undefined) ?? 30, 30),
  });
}

const validDate = fc.date({
  min: new Date('0001-01-02'),
  max: new Date('9999-12-30'),
  noInvalidDate: true,
});

function numberOf({ type, minimum, maximum }: JsonSchema): fc.Arbitrary<number> {
  const [min, max] = [(minimum as number) ?? -1e6, (maximum as number) ?? 1e6];
  return type === 'integer' ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
}
