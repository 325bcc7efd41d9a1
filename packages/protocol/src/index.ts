export {
  ApiKey,
  ApiKeyList,
  CreateApiKeyRequest,
  CreatedApiKey,
  CreatedUser,
  CreateUserRequest,
  email,
  PatchUserRequest,
  type Scope,
  scopes,
  User,
} from './account.js';
export { type ErrorCode, errorCodes } from './errors.js';
export { limits } from './limits.js';
export {
  ForgetResponse,
  ListQuery,
  ListResponse,
  Memory,
  PatchRequest,
  RecalledMemory,
  RecallQuery,
  RecallResponse,
  StatsResponse,
  StoreBatchRequest,
  StoreBatchResponse,
  StoreRequest,
  StoreResponse,
  TimelineQuery,
  TimelineResponse,
} from './memory.js';
export { type Json, type Metadata, metadataProblem } from './metadata.js';
export { Problem } from './problem.js';
export { textProblem, utf8Bytes } from './text.js';
export { type SoldTier, soldTiers, type Tier, type TierLimits, tierLimits } from './tiers.js';
export { type Zone, zoneCapacities, zoneNames, zones } from './zones.js';
