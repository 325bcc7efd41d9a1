export {
  type AccountStatus,
  ApiKey,
  ApiKeyList,
  accountStatuses,
  CreateApiKeyRequest,
  CreatedApiKey,
  CreatedUser,
  CreateUserRequest,
  ErasureList,
  ErasureResponse,
  email,
  OperatorReason,
  PatchUserRequest,
  RestoreAccountResponse,
  RevokeResponse,
  RotateApiKeyRequest,
  type Scope,
  scopes,
  User,
  UserDetail,
  UserList,
  UserListQuery,
  userStatuses,
  uuidParameter,
} from './account.js';
export {
  type AuditAction,
  AuditChain,
  AuditItem,
  AuditQuery,
  AuditResponse,
  auditActions,
} from './audit.js';
export {
  CheckoutRequest,
  CheckoutResponse,
  PlanRequest,
  PortalResponse,
  SubscriptionResponse,
  WebhookEvent,
  WebhookResponse,
} from './billing.js';
export type { ContentType } from './content-type.js';
export {
  DecideDeviceRequest,
  DecideDeviceResponse,
  DeviceRequest,
  DeviceResponse,
  DeviceTokenRequest,
  InspectDeviceRequest,
  InspectDeviceResponse,
  userCodeLetters,
} from './device.js';
export { type Emotion, emotions } from './emotion.js';
export { type ErrorCode, errorCodes } from './errors.js';
export {
  GraphQuery,
  GraphResponse,
  PathQuery,
  PathResponse,
  RelatedMemory,
  RelatedQuery,
  RelatedResponse,
} from './graph.js';
export {
  ConfidentQuery,
  ConfidentResponse,
  EvaluateRequest,
  EvaluateResponse,
  IntrospectQuery,
  IntrospectResponse,
} from './introspect.js';
export {
  ForgetQuery,
  ForgettingPreview,
  ForgettingPreviewRequest,
  ForgottenMemory,
  ForgottenQuery,
  ForgottenResponse,
  HistoryQuery,
  HistoryResponse,
  Settings,
  SettingsPatch,
} from './life.js';
export { limits } from './limits.js';
export {
  ForgetResponse,
  ListQuery,
  ListResponse,
  Memory,
  memoryIdParameter,
  PatchRequest,
  StatsResponse,
  StoreBatchRequest,
  StoreBatchResponse,
  StoreRequest,
  StoreResponse,
  TimelineQuery,
  TimelineResponse,
} from './memory.js';
export {
  AgentList,
  AgentQuery,
  EndSessionRequest,
  MemorySession,
  MemorySessionList,
  MemorySessionQuery,
  StartSessionRequest,
  sessionIdParameter,
} from './memory-session.js';
export { type Json, type Metadata, metadataProblem } from './metadata.js';
export {
  hybridTime,
  type MemoryField,
  Mutation,
  MutationAck,
  MutationOp,
  MutationResult,
  MutationsRequest,
  MutationsResponse,
  memoryFields,
} from './mutations.js';
export { NarrateRequest, NarrateResponse } from './narrate.js';
export { MemoryInOrbit, MemoryOrbit, ReorbitResponse } from './orbit.js';
export { Problem } from './problem.js';
export {
  RecallBatchQuery,
  RecallBatchRequest,
  RecallBatchResponse,
  RecallContextQuery,
  RecallContextResponse,
  RecallExplanation,
  RecalledMemory,
  RecallQuery,
  RecallResponse,
} from './recall.js';
export { HealthResponse, LivezResponse, ReadyzResponse } from './service.js';
export {
  RegisterRequest,
  RegisterResponse,
  Session,
  SessionList,
  VerifyRequest,
  VerifyResponse,
} from './sign-in.js';
export { ChangeEvent, ChangeOp, ChangesQuery, ChangesResponse, EventsQuery } from './sync.js';
export {
  AckFrame,
  AuthFrame,
  ClientFrame,
  ErrorFrame,
  EvFrame,
  HelloFrame,
  MutFrame,
  ServerFrame,
  SnapshotFrame,
  SyncFrame,
  SyncTicketRequest,
  SyncTicketResponse,
  syncClose,
  syncLimits,
  syncProtocol,
  syncTicketPrefix,
  WelcomeFrame,
} from './sync-frames.js';
export { textProblem, utf8Bytes } from './text.js';
export { type SoldTier, soldTiers, type Tier, type TierLimits, tierLimits } from './tiers.js';
export {
  ExportEnd,
  ExportedLink,
  ExportedMemory,
  ExportedSession,
  ExportedVersion,
  ExportHeader,
  ExportLine,
  exportVersion,
  ImportResponse,
  type V1Fields,
} from './transfer.js';
export { resources, UsageResponse } from './usage.js';
export { type Zone, zoneCapacities, zoneNames, zones } from './zones.js';
