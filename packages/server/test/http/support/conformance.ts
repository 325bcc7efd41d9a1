import { type ErrorCode, errorCodes, Problem } from '@stellar-memory/protocol';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import type { OpenApiDocument, OperationObject } from '../../../src/http/open-api-types.js';
import type { Answer } from './exchange.js';

// ajv-formats is CommonJS: its function is the default of its default.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/** Codes of what is refused before it reaches an operation, so that no operation lists them. */
const unrouted: readonly ErrorCode[] = [
  'not_found',
  'method_not_allowed',
  'bad_request',
  'uri_too_long',
];

/**
 * Holds answers to the published OpenAPI document: a status that the operation lists, the content type and
 * the JSON Schema of that status, a code that it lists, the request id in both places.
 */
export class Conformance {
  readonly #document: OpenApiDocument;
  readonly #ajv = new Ajv2020({ strict: false });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
    addFormats(this.#ajv);
    this.#ajv.addSchema({ ...document, $id: 'document' });
  }

  /** What is wrong with an answer to `method` of `url`; nothing when it is as documented. */
  problemOf(method: string, url: string, answer: Answer): string | undefined {
    const found = this.#find(method, new URL(url).pathname);
    if (answer.status >= 400) {
      const problem = this.#problemOfError(found?.operation, answer);
      if (problem !== undefined) return problem;
    }
    if (found === undefined) return answer.status < 400 ? 'no such operation' : undefined;
    return this.#problemOfBody(found, answer);
  }

  #find(method: string, path: string): LocatedOperation | undefined {
    for (const [template, item] of Object.entries(this.#document.paths)) {
      const pattern = template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]*');
      const operation = item[method.toLowerCase()];
      if (operation !== undefined && new RegExp(`^${pattern}$`).test(path))
        return { template, method: method.toLowerCase(), operation };
    }
    return undefined;
  }

  #problemOfError(operation: OperationObject | undefined, answer: Answer): string | undefined {
    if (!answer.headers.get('content-type')?.startsWith('application/problem+json'))
      return `an error of type ${answer.headers.get('content-type')}`;
    const parsed = Problem.safeParse(answer.json);
    if (!parsed.success) return `not a problem: ${parsed.error.message}`;
    const { code, status, request_id } = parsed.data;
    if (status !== answer.status || errorCodes[code].status !== status)
      return `code ${code} with status ${status} in an answer of ${answer.status}`;
    if (answer.headers.get('x-request-id') !== request_id)
      return 'another request id in the header';
    const listed = operation === undefined ? unrouted : codesOf(operation, answer.status);
    return listed.includes(code) ? undefined : `code ${code}, which the operation does not list`;
  }

  #problemOfBody({ template, method, operation }: LocatedOperation, answer: Answer) {
    const content = operation.responses[`${answer.status}`]?.content;
    if (content === undefined) return `status ${answer.status}, which the operation does not list`;
    const [mediaType = ''] = (answer.headers.get('content-type') ?? '').split(';');
    if (content[mediaType] === undefined) return `type ${mediaType}, which it does not list`;
    const path = ['paths', template, method, 'responses', `${answer.status}`, 'content', mediaType];
    const validate = this.#validator([...path, 'schema']);
    if (validate(/[/+]json$/.test(mediaType) ? answer.json : answer.text)) return undefined;
    return `a body that its schema refuses: ${this.#ajv.errorsText(validate.errors)}`;
  }

  #validator(path: readonly string[]): ValidateFunction {
    const pointer = path
      .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const known = this.#validators.get(pointer);
    if (known !== undefined) return known;
    const validate = this.#ajv.compile({ $ref: `document#/${pointer}` });
    this.#validators.set(pointer, validate);
    return validate;
  }
}

interface LocatedOperation {
  readonly template: string;
  readonly method: string;
  readonly operation: OperationObject;
}

function codesOf({ responses }: OperationObject, status: number): ErrorCode[] {
  const content = responses[`${status}`]?.content['application/problem+json'];
  return Object.keys(content?.examples ?? {}) as ErrorCode[];
}
