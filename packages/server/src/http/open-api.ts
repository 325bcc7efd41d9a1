import { limits, Problem } from '@stellar-memory/protocol';
import { errorResponses } from './open-api-errors.js';
import { componentSchemas, jsonSchemaOf } from './open-api-schemas.js';
import type {
  JsonSchema,
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  ResponseObject,
} from './open-api-types.js';
import type { Access, Route } from './route.js';

const description = `A memory service for AI agents. Store what an agent learned; recall what matters.

Send your API key as \`X-API-Key: K\`, \`Authorization: Bearer K\` or \`Authorization: Token K\`, never in a URL.
Unknown fields and parameters are refused. Every error is \`application/problem+json\` with a stable \`code\`
and a \`request_id\`; \`errors\` points into the body, or to the query parameter, as a JSON Pointer.`;

const tags = [
  { name: 'Memories', description: 'Store, recall, look at, change and forget.' },
  { name: 'Sync', description: 'Follow what changes.' },
  { name: 'API keys', description: 'Keys of your account; needs a key with the scope admin.' },
  { name: 'Sign-in', description: 'By a code sent to your mailbox; absent without a mail server.' },
  { name: 'Billing', description: 'What you pay; absent on a server that sells nothing.' },
  { name: 'Account', description: 'What your account is and has in use.' },
  { name: 'Operator', description: 'Accounts; absent on a server without an operator token.' },
  { name: 'Service', description: 'How the server is, and what it offers.' },
];

const securitySchemes = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The same API key; the scheme may also be Token.',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Signature',
    description: 'Hex HMAC-SHA256 of the raw body, with the secret of the webhook.',
  },
  operatorToken: { type: 'http', scheme: 'bearer', description: "The operator's token." },
};

/** What the document says of the server itself. */
export interface OpenApiOptions {
  readonly version: string;
  /** Absent: paths are relative to where the document was read. */
  readonly publicUrl?: string | undefined;
}

/** Describes the routes as OpenAPI 3.1, from the schemas that check their requests. */
export function openApiDocument(
  routes: readonly Route[],
  { version, publicUrl }: OpenApiOptions,
): OpenApiDocument {
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const route of routes) {
    const item = (paths[route.path] ??= {});
    item[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Stellar Memory',
      version,
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicUrl ?? '/' }],
    tags,
    paths,
    components: { schemas: componentSchemas(), securitySchemes },
  };
}

function operationOf(route: Route): OperationObject {
  const parameters = parametersOf(route);
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...descriptionOf(route),
    security: securityOf(route.access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...bodyOf(route),
    responses: {
      [route.success.status]: successOf(route),
      ...errorResponses(route, jsonSchemaOf(Problem, 'output')),
    },
  };
}

function descriptionOf({ description: text, cost }: Route): { description?: string } {
  const counted = cost === undefined ? [] : [`Counts as ${cost} requests.`];
  const parts = [...(text === undefined ? [] : [text]), ...counted];
  return parts.length === 0 ? {} : { description: parts.join(' ') };
}

/** OpenAPI 3.1 lets the list of a scheme name roles: here the scope that the key needs. */
function securityOf(access: Access): OperationObject['security'] {
  if (access === 'open' || access === 'visitor') return [];
  if (access === 'signed') return [{ signature: [] }];
  if (access === 'operator') return [{ operatorToken: [] }];
  return [{ apiKey: [access.scope] }, { bearer: [access.scope] }];
}

function bodyOf(route: Route): Pick<OperationObject, 'requestBody'> {
  if (route.lines !== undefined) return linesBodyOf(route.lines);
  if (route.body === undefined) return {};
  const schema = jsonSchemaOf(route.body, 'input');
  const example = route.bodyExample;
  return {
    requestBody: { required: true, content: { 'application/json': { schema, example } } },
  };
}

const linesBodyOf = (line: NonNullable<Route['lines']>): Pick<OperationObject, 'requestBody'> => ({
  requestBody: {
    required: true,
    description: 'One such object a line (NDJSON), of any number of lines',
    content: { 'application/x-ndjson': { schema: jsonSchemaOf(line, 'input') } },
  },
});

function successOf({ success }: Route): ResponseObject {
  const content = {
    schema: jsonSchemaOf(success.schema, 'output'),
    ...(success.example === undefined ? {} : { example: success.example }),
  };
  const [mediaType = ''] = (success.contentType ?? 'application/json').split(';');
  return {
    description: success.description,
    ...headersOf(success),
    content: { [mediaType]: content },
  };
}

function headersOf({
  etag,
  nextCursor,
  usage,
  degraded,
}: Route['success']): Pick<ResponseObject, 'headers'> {
  const headers = {
    ...(etag === true ? { ETag: etagHeader } : {}),
    ...(nextCursor === true ? { 'X-Next-Cursor': nextCursorHeader } : {}),
    ...(usage === true
      ? {
          'X-Usage-Memories': usageHeader,
          'X-Usage-Agents': usageHeader,
          'X-Sync-Seq': syncSeqHeader,
        }
      : {}),
    ...(degraded === true ? { 'X-Degraded': degradedHeader } : {}),
  };
  return Object.keys(headers).length === 0 ? {} : { headers };
}

const usageHeader = {
  description: 'What is in use and what the tier allows, as `812/1000` or `812/unlimited`',
  schema: { type: 'string' },
};
const syncSeqHeader = {
  description:
    'Number of the last change with this write: a reader of the feed who is there has it. Absent from a repeated answer',
  schema: { type: 'integer' },
};
const nextCursorHeader = {
  description: 'Send it as `cursor` for the next page; absent on the last one',
  schema: { type: 'string' },
};
const degradedHeader = {
  description: '`embedder`: it did not answer, so words alone decided; absent otherwise',
  schema: { type: 'string' },
};
const etagHeader = { description: 'Version of the memory', schema: { type: 'string' } };

function parametersOf(route: Route): ParameterObject[] {
  const parameters = [
    ...(route.params === undefined
      ? []
      : parametersIn('path', jsonSchemaOf(route.params, 'output'))),
    ...(route.query === undefined ? [] : parametersIn('query', jsonSchemaOf(route.query, 'input'))),
  ];
  if (route.idempotent === true) parameters.push(idempotencyKey);
  if (route.conditional === true) parameters.push(ifMatch);
  return parameters;
}

function parametersIn(place: 'path' | 'query', schema: JsonSchema): ParameterObject[] {
  return Object.entries(schema.properties ?? {}).map(
    ([name, { description: about, ...property }]) => ({
      name,
      in: place,
      required: schema.required?.includes(name) ?? false,
      ...(about === undefined ? {} : { description: about }),
      schema: property,
    }),
  );
}

const idempotencyKey: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes a repeated request act once and answer the same, for 24 hours.',
  schema: {
    type: 'string',
    minLength: 1,
    maxLength: limits.idempotencyKeyCharacters,
    pattern: '^[ -~]+$',
  },
};

const ifMatch: ParameterObject = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag that you read. Another version is left alone and answers 412.',
  schema: { type: 'string' },
};
