import type { Mutation, MutationAck } from '@stellar-memory/protocol';
import type { Logger } from 'pino';
import type { AdminService, ApiKeyService } from '../auth/account-service.js';
import { createAdminService } from '../auth/admin-service.system.js';
import { type AuditService, createAuditService } from '../auth/audit-service.js';
import type { Authenticator, Identity } from '../auth/identity.js';
import { createAuthenticator } from '../auth/key-authenticator.system.js';
import { createApiKeyService } from '../auth/key-service.js';
import type { Clock } from '../domain/clock.js';
import { defaultProfile } from '../domain/score-profiles.js';
import type { Readiness } from '../http/readiness.js';
import type { ContextService } from '../memory/context-service.js';
import { createContextService } from '../memory/create-context-service.js';
import { createLifeService } from '../memory/create-life-service.js';
import { createMemoryService } from '../memory/create-memory-service.js';
import { createTransferService } from '../memory/create-transfer-service.js';
import type { LifeService } from '../memory/life-service.js';
import type { MemoryService } from '../memory/memory-service.js';
import type { SharedModel } from '../memory/narrate/shared-model.js';
import { createUsageService, type UsageService } from '../memory/read-usage.js';
import type { TransferService } from '../memory/transfer-service.js';
import { createLexicalIndex } from '../recall/index/create-lexical-index.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import { textRanking } from '../recall/text-ranking.js';
import {
  createEmbeddingService,
  type EmbeddingService,
} from '../recall/vectors/embedding-service.system.js';
import { indexWithVectors } from '../recall/vectors/index-with-vectors.js';
import { createMeaningSearch, type MeaningSearch } from '../recall/vectors/meaning-search.js';
import { QueryEmbedder } from '../recall/vectors/query-embedder.js';
import type { Database } from '../storage/database.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import { createTenantDoor, type TenantDoor } from '../storage/tenant-door.js';
import type { ApplyMutation } from '../sync/socket-session.js';
import type { Engine } from './engine.js';
import { createErasing, type Erasing } from './erasing.js';
import { createFollowing, type Following, wakingAfterCommits } from './following.js';
import { createForgetting, type Forgetting } from './forgetting.js';
import { createLimiter, type Limiter } from './limiter.js';
import { createMetering, type Metering } from './metering.js';
import { createOrbits, type Orbits } from './orbits.js';
import { schemaReadiness } from './readiness.js';
import type { Vectors } from './vectors.js';

/** What answers requests, over one engine. */
export interface Services extends Following {
  readonly clock: Clock;
  readonly authenticator: Authenticator;
  readonly apiKeys: ApiKeyService;
  readonly accounts: AdminService;
  readonly memories: MemoryService;
  readonly context: ContextService;
  readonly life: LifeService;
  readonly erasing: Erasing;
  readonly forgetting: Forgetting;
  readonly usage: UsageService;
  readonly transfer: TransferService;
  readonly audit: AuditService;
  readonly metering: Metering;
  readonly limiter: Limiter;
  readonly orbits: Orbits;
  readonly index: LexicalIndex;
  /** Present with an embedder. */
  readonly embedding: EmbeddingService | undefined;
  readonly readiness: Readiness;
}

const clock: Clock = { nowMs: () => Date.now() };

/** What the services are told beside the engine. */
export interface ServiceSettings {
  /** Where a full store is sent to. */
  readonly upgradeUrl?: string;
  /** Writes narratives; absent, rules do. */
  readonly model?: SharedModel | undefined;
}

/** Builds every service over the two doors of the engine. */
export function createServices(
  engine: Engine,
  logger: Logger,
  vectors?: Vectors,
  { upgradeUrl = '/pricing', model }: ServiceSettings = {},
): Services {
  const { database, secret } = engine;
  const tenants = createTenantDoor(database);
  const system = createSystemDoor(database);
  const metering = createMetering({ tenants, system }, logger);
  const authenticator = createAuthenticator({ system, secret, clock });
  const lexical = lexicalOf(tenants, logger);
  const embedding =
    vectors &&
    createEmbeddingService({ tenants, system, ...vectors, onError: embeddingFailed(logger) });
  const meaning = vectors && meaningOf(database, logger, vectors, embedding);
  const index = embedding === undefined ? lexical : indexWithVectors(lexical, embedding);
  const apply: ApplyMutation = (...sent) => applyFor(memories, ...sent);
  const following = createFollowing(engine, { tenants, system }, { clock, logger, apply });
  const dependencies = {
    tenants,
    index: wakingAfterCommits(index, following.bus),
    meaning,
    clock,
    profile: defaultProfile,
    upgradeUrl,
    warnings: metering.warnings,
  };
  const memories: MemoryService = createMemoryService(dependencies);
  return {
    clock,
    authenticator,
    apiKeys: createApiKeyService({
      tenants,
      secret,
      onRevoked: (hash) => authenticator.forgetKey(hash),
      upgradeUrl,
      onUsage: (userId, used) => metering.warnings.noteResource(userId, 'api_keys', used),
    }),
    accounts: createAdminService({ system, secret, clock }),
    memories,
    context: createContextService({ ...dependencies, memories, model }),
    transfer: createTransferService(dependencies),
    life: createLifeService(dependencies),
    erasing: createErasing({ tenants, system, index, clock }),
    forgetting: createForgetting({ ...dependencies, system }),
    audit: createAuditService(tenants),
    usage: createUsageService(tenants, upgradeUrl),
    metering,
    limiter: createLimiter(system, clock),
    orbits: createOrbits({ tenants, system, clock }),
    index,
    embedding,
    readiness: schemaReadiness(system),
    ...following,
  };
}

/** A mutation over a socket is the same as one over REST. */
async function applyFor(
  memories: MemoryService,
  { userId, agentId, apiKeyId, sessionId }: Identity,
  mutation: Mutation,
): Promise<MutationAck> {
  const { acks } = await memories.mutate(userId, [mutation], {
    ...(agentId === null ? {} : { agentId }),
    credentialId: sessionId ?? apiKeyId,
  });
  return acks[0]!;
}

const lexicalOf = (tenants: TenantDoor, logger: Logger): LexicalIndex =>
  createLexicalIndex({
    tenants,
    ranking: textRanking,
    onMergeError: (err) => logger.warn({ err }, 'an index merge failed; it is tried again later'),
  });

const embeddingFailed =
  (logger: Logger) =>
  (err: unknown): void =>
    logger.warn({ err }, 'embedding failed; it is tried again');

const meaningOf = (
  { engine }: Database,
  logger: Logger,
  vectors: Vectors,
  embedding: EmbeddingService | undefined,
): MeaningSearch =>
  createMeaningSearch({
    weight: vectors.weight,
    graph: engine === 'postgres',
    queries: new QueryEmbedder({
      spaces: () => [vectors, ...(embedding?.isBehind() === true ? vectors.others : [])],
      onError: (err) => logger.warn({ err }, 'a query was not embedded: words alone decide'),
    }),
  });
