import type * as server from '@stellar-memory/protocol';
import type * as client from '../src/index.js';
import type {
  ChangeEvent,
  ChangesResponse,
  Mutation,
  MutationResult,
  MutationsResponse,
  ServerFrame,
} from '../src/sync/sync-wire.js';
import type { DeviceResponse } from '../src/wire.js';

/*
 * Checked by the compiler alone: the client's own types are those of the server's schemas.
 * What a client sends is a schema's input, what it gets a schema's output.
 */

type Flat<T> = T extends object ? { [Key in keyof T]: T[Key] } : T;
// Two conditional types are the same only if what they compare with is; assignability would miss optional fields.
// oxlint-disable typescript/no-unnecessary-type-parameters
type Same<A, B> =
  (<T>() => T extends Flat<A> ? 1 : 2) extends <T>() => T extends Flat<B> ? 1 : 2 ? true : false;
// oxlint-enable typescript/no-unnecessary-type-parameters
type Schema = { _zod: { input: unknown; output: unknown } };
type Sent<S extends Schema> = S['_zod']['input'];
type Got<S extends Schema> = S['_zod']['output'];

/** A query in a client's words: everything but `Required` may be absent, moments may be text. */
type Asked<S extends Schema, Required extends string, Moments extends string> = {
  [Key in Extract<keyof Got<S>, Required>]: Got<S>[Key];
} & {
  [Key in Exclude<keyof Got<S>, Required>]?:
    | (Key extends Moments ? client.Moment : Got<S>[Key])
    | undefined;
};

/** Each line fails to compile when the two differ. */
export type Proof = [
  Holds<Same<client.Json, server.Json>>,
  Holds<Same<client.Metadata, server.Metadata>>,
  Holds<Same<client.Zone, server.Zone>>,
  Holds<Same<client.Emotion, server.Emotion>>,
  Holds<Same<client.StoreRequest, Sent<typeof server.StoreRequest>>>,
  Holds<Same<client.StoreResponse, Got<typeof server.StoreResponse>>>,
  Holds<Same<client.StoreResponse[], Got<typeof server.StoreBatchResponse>['items']>>,
  Holds<Same<client.Memory, Got<typeof server.Memory>>>,
  Holds<Same<client.RecalledMemory, Got<typeof server.RecalledMemory>>>,
  Holds<Same<client.RecallQuery, Asked<typeof server.RecallQuery, 'q', 'since' | 'until'>>>,
  Holds<Same<client.RecallExplanation, Got<typeof server.RecallExplanation>>>,
  Holds<Same<client.RecallBatchQuery, Sent<typeof server.RecallBatchQuery>>>,
  Holds<Same<client.RecalledMemory[][], Got<typeof server.RecallBatchResponse>['results']>>,
  Holds<
    Same<client.RecallContextQuery, Asked<typeof server.RecallContextQuery, 'q', 'since' | 'until'>>
  >,
  Holds<Same<client.RecallContextResponse, Got<typeof server.RecallContextResponse>>>,
  Holds<Same<client.PatchRequest, Sent<typeof server.PatchRequest>>>,
  Holds<Same<client.ListQuery, Asked<typeof server.ListQuery, never, never>>>,
  Holds<Same<client.ListResponse, Got<typeof server.ListResponse>>>,
  Holds<Same<client.TimelineQuery, Asked<typeof server.TimelineQuery, never, 'start' | 'end'>>>,
  Holds<Same<client.TimelineEntry[], Got<typeof server.TimelineResponse>>>,
  Holds<Same<client.ContentType, server.ContentType>>,
  Holds<Same<client.MemoryLink[], Got<typeof server.MemoryInOrbit>['links']>>,
  Holds<Same<client.MemoryOrbit, Got<typeof server.MemoryOrbit>>>,
  Holds<Same<client.StatsResponse, Got<typeof server.StatsResponse>>>,
  Holds<Same<client.UsageResponse, Got<typeof server.UsageResponse>>>,
  Holds<Same<ChangeEvent, Got<typeof server.ChangeEvent>>>,
  Holds<Same<ChangesResponse, Got<typeof server.ChangesResponse>>>,
  // It looks at what it has a use for.
  Holds<Got<typeof server.ServerFrame> extends ServerFrame ? true : false>,
  Holds<Same<ServerFrame['t'], Got<typeof server.ServerFrame>['t']>>,
  // It makes all ids itself, and reports no recalls: one of what the server takes.
  Holds<Mutation extends Sent<typeof server.Mutation> ? true : false>,
  Holds<Same<MutationResult, Got<typeof server.MutationResult>>>,
  Holds<Same<MutationsResponse, Got<typeof server.MutationsResponse>>>,
  Holds<Same<client.Scope, server.Scope>>,
  Holds<Same<client.CreateApiKeyRequest, Sent<typeof server.CreateApiKeyRequest>>>,
  Holds<Same<client.RotateApiKeyRequest, Sent<typeof server.RotateApiKeyRequest>>>,
  Holds<Same<client.ApiKey, Got<typeof server.ApiKey>>>,
  Holds<Same<client.ApiKey[], Got<typeof server.ApiKeyList>['items']>>,
  Holds<Same<client.CreatedApiKey, Got<typeof server.CreatedApiKey>>>,
  Holds<Same<client.DeviceRequest, Sent<typeof server.DeviceRequest>>>,
  Holds<Same<DeviceResponse, Got<typeof server.DeviceResponse>>>,
  Holds<Same<client.Session[], Got<typeof server.SessionList>['items']>>,
  Holds<Same<client.AuditItem, Got<typeof server.AuditItem>>>,
  Holds<Same<client.AuditResponse, Got<typeof server.AuditResponse>>>,
  Holds<Same<client.AuditChain, Got<typeof server.AuditChain>>>,
  Holds<Same<client.CheckoutResponse, Got<typeof server.CheckoutResponse>>>,
  Holds<Same<client.PortalResponse, Got<typeof server.PortalResponse>>>,
  Holds<
    Same<client.Subscription, NonNullable<Got<typeof server.SubscriptionResponse>['subscription']>>
  >,
  Holds<Same<client.SubscriptionResponse, Got<typeof server.SubscriptionResponse>>>,
  Holds<Same<client.ErrorCode, server.ErrorCode>>,
  Holds<Same<client.FieldError, Readonly<NonNullable<server.Problem['errors']>[number]>>>,
];
type Holds<Truth extends true> = Truth;

/** The proof can fail: a field more, a field less, optional or nullable by mistake, another type. */
export type Disproof = [
  // @ts-expect-error a field that the server does not have
  Holds<Same<client.Memory & { extra: string }, Got<typeof server.Memory>>>,
  // @ts-expect-error a field is missing
  Holds<Same<Omit<client.Memory, 'role'>, Got<typeof server.Memory>>>,
  // @ts-expect-error an optional field is missing
  Holds<Same<Omit<client.StoreRequest, 'role'>, Sent<typeof server.StoreRequest>>>,
  // @ts-expect-error required here, optional there
  Holds<Same<Required<client.StoreRequest>, Sent<typeof server.StoreRequest>>>,
  // @ts-expect-error a code too few
  Holds<Same<Exclude<client.ErrorCode, 'internal'>, server.ErrorCode>>,
];
