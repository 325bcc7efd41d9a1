export type {
  AuditChain,
  AuditItem,
  AuditResponse,
  CheckoutResponse,
  PortalResponse,
  Session,
  Subscription,
  SubscriptionResponse,
} from './account-wire.js';
export type {
  AccountClient,
  ApiKeysClient,
  AuditOptions,
  BillingClient,
  ListAllOptions,
  ListOptions,
  PatchOptions,
  RecallContextOptions,
  RecallOptions,
  RecallPage,
  StellarMemoryClient,
  TimelineOptions,
  VersionedMemory,
  WriteOptions,
} from './client.js';
export { createClient } from './create-client.js';
export { type DeviceGrant, type DeviceGrantOptions, requestDeviceGrant } from './device-grant.js';
export type { ClientErrorCode, ErrorCode } from './error-codes.js';
export type { RetryOptions } from './retry.js';
export type { ClientOptions } from './settings.js';
export { type FieldError, StellarMemoryError } from './stellar-memory-error.js';
export type { SyncTransport } from './sync/feed.js';
export { indexedDbStorage } from './sync/indexed-db-storage.js';
export type { Sync, SyncChange, SyncEvents, SyncOptions, SyncRejection } from './sync/sync.js';
export { memoryStorage, type StorageWrite, type SyncStorage } from './sync/sync-storage.js';
export type { MutationOp, MutationResult } from './sync/sync-wire.js';
export type { WebSocketConstructor, WebSocketLike } from './sync/web-socket.js';
export type { CallOptions } from './transport.js';
export type {
  ApiKey,
  ContentType,
  CreateApiKeyRequest,
  CreatedApiKey,
  DeviceRequest,
  Emotion,
  Json,
  ListQuery,
  ListResponse,
  Memory,
  MemoryLink,
  MemoryOrbit,
  Metadata,
  MetadataFilter,
  Moment,
  PatchRequest,
  RecallBatchQuery,
  RecallContextQuery,
  RecallContextResponse,
  RecallExplanation,
  RecalledMemory,
  RecallQuery,
  RotateApiKeyRequest,
  Scope,
  StatsResponse,
  StoreRequest,
  StoreResponse,
  TimelineEntry,
  TimelineQuery,
  UsageResponse,
  Zone,
} from './wire.js';
