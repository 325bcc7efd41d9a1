import {
  AgentList,
  ApiKey,
  ApiKeyList,
  ConfidentResponse,
  CreateApiKeyRequest,
  CreatedApiKey,
  CreatedUser,
  CreateUserRequest,
  EndSessionRequest,
  EvaluateRequest,
  EvaluateResponse,
  ForgetResponse,
  GraphResponse,
  HealthResponse,
  IntrospectResponse,
  ListResponse,
  LivezResponse,
  Memory,
  MemoryInOrbit,
  MemorySession,
  MemorySessionList,
  NarrateRequest,
  NarrateResponse,
  PatchRequest,
  PatchUserRequest,
  PathResponse,
  Problem,
  ReadyzResponse,
  RecallBatchRequest,
  RecallBatchResponse,
  RecallContextResponse,
  RecallExplanation,
  RecalledMemory,
  RecallResponse,
  RelatedMemory,
  RelatedResponse,
  ReorbitResponse,
  RevokeResponse,
  StartSessionRequest,
  StatsResponse,
  StoreBatchRequest,
  StoreBatchResponse,
  StoreRequest,
  StoreResponse,
  TimelineResponse,
  User,
} from '@stellar-memory/protocol';
import { z } from 'zod';
import type { JsonSchema } from './open-api-types.js';

const requests = {
  StoreRequest,
  StoreBatchRequest,
  RecallBatchRequest,
  EvaluateRequest,
  NarrateRequest,
  StartSessionRequest,
  EndSessionRequest,
  PatchRequest,
  CreateApiKeyRequest,
  CreateUserRequest,
  PatchUserRequest,
};
const answers = {
  StoreResponse,
  StoreBatchResponse,
  Memory,
  MemoryInOrbit,
  RecallExplanation,
  RecalledMemory,
  RecallResponse,
  RecallBatchResponse,
  RecallContextResponse,
  RelatedMemory,
  RelatedResponse,
  PathResponse,
  GraphResponse,
  IntrospectResponse,
  ConfidentResponse,
  EvaluateResponse,
  NarrateResponse,
  MemorySession,
  MemorySessionList,
  AgentList,
  ForgetResponse,
  ListResponse,
  TimelineResponse,
  StatsResponse,
  ReorbitResponse,
  ApiKey,
  ApiKeyList,
  CreatedApiKey,
  RevokeResponse,
  CreatedUser,
  User,
  HealthResponse,
  LivezResponse,
  ReadyzResponse,
  Problem,
};

const prefix = '#/components/schemas/';
const namedSchemas = { ...requests, ...answers };
const nameOf = new Map<z.ZodType, string>(
  Object.entries(namedSchemas).map(([name, schema]) => [schema, name]),
);

/** What a client sends is described before defaults and transforms, what it gets after them. */
export type Direction = 'input' | 'output';

/** A schema as a reference to its component, or in full when it has no name. */
export function jsonSchemaOf(schema: z.ZodType, io: Direction): JsonSchema {
  const name = nameOf.get(schema);
  if (name !== undefined) return { $ref: uriOf(name) };
  return withoutIds(z.toJSONSchema(schema, { io, override: tidy }) as JsonSchema);
}

/** Every named schema, as `components.schemas`. */
export const componentSchemas = (): Record<string, JsonSchema> => ({
  ...componentsOf(requests, 'input'),
  ...componentsOf(answers, 'output'),
});

const uriOf = (name: string): string => `${prefix}${name}`;

function componentsOf(named: Record<string, z.ZodType>, io: Direction): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { io, uri: uriOf, override: tidy });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withoutIds(schema as JsonSchema)]),
  );
}

function withoutIds({ $schema: _schema, $id: _id, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/** A format says what its 400-character pattern says, and every key of JSON is text. */
function tidy({ jsonSchema }: { jsonSchema: { format?: unknown; [keyword: string]: unknown } }) {
  if (jsonSchema.format !== undefined) delete jsonSchema['pattern'];
  delete jsonSchema['propertyNames'];
}
