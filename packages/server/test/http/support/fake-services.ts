import type {
  ApiKey,
  CreateApiKeyRequest,
  CreatedUser,
  CreateUserRequest,
  ListQuery,
  Memory,
  Mutation,
  MutationOp,
  MutationResult,
  PatchRequest,
  PatchUserRequest,
  RecallBatchQuery,
  RecallContextQuery,
  RecallQuery,
  Scope,
  StoreRequest,
  User,
} from '@stellar-memory/protocol';
import type { AdminService, ApiKeyService, KeyActor } from '../../../src/auth/account-service.js';
import type { AuditService } from '../../../src/auth/audit-service.js';
import type { Authenticator, Identity, KeyIdentity } from '../../../src/auth/identity.js';
import { type ApiKeyId, apiKeyId, type UserId, userId } from '../../../src/domain/ids.js';
import { StellarError } from '../../../src/domain/stellar-error.js';
import type { FeedPage } from '../../../src/memory/change-feed.js';
import type { ContextService } from '../../../src/memory/context-service.js';
import type { LifeService } from '../../../src/memory/life-service.js';
import type {
  ForgetOptions,
  Idempotency,
  MemoryService,
  PatchOptions,
} from '../../../src/memory/memory-service.js';
import type { UsageService } from '../../../src/memory/read-usage.js';
import type { TransferService } from '../../../src/memory/transfer-service.js';
import type { SyncService } from '../../../src/sync/sync-service.js';

/** The smallest services that keep the ports' promises, so that HTTP can be tested for what is HTTP's. */

export const alice = userId('11111111-1111-4111-8111-111111111111');
export const bob = userId('22222222-2222-4222-8222-222222222222');

const storedAt = 1_764_000_000;

const newMemory = (id: string, request: StoreRequest): Memory => ({
  id,
  content: request.content,
  zone: 2,
  score: 0.4,
  importance: request.importance,
  recall_count: 0,
  last_recalled_at: null,
  emotion: null,
  created_at: storedAt,
  updated_at: storedAt,
  occurred_at: request.occurred_at ?? null,
  agent_id: request.agent_id ?? null,
  session_id: request.session_id ?? null,
  speaker: request.speaker ?? null,
  role: request.role ?? null,
  pinned: request.pinned,
  metadata: request.metadata,
});

const orbit = {
  score: 0.4,
  recall: 0,
  freshness: 0.25,
  importance: 0.15,
  context: 0,
  emotion: 0,
  fades_at: null,
  fades_to: null,
};

/** Memories in a map for each user. Notes who was acted for and with which idempotency. */
export class MemoriesInMemory implements MemoryService {
  readonly #tenants = new Map<UserId, Map<string, Memory>>();
  readonly actedFor: UserId[] = [];
  readonly idempotencies: (Idempotency | undefined)[] = [];
  readonly queries: RecallBatchQuery[] = [];
  #lastId = 0;

  async store(user: UserId, request: StoreRequest, idempotency?: Idempotency) {
    this.idempotencies.push(idempotency);
    this.#lastId += 1;
    const memory = newMemory(`m${this.#lastId}`, request);
    this.#of(user).set(memory.id, memory);
    return { id: memory.id, zone: memory.zone, score: memory.score };
  }

  async storeBatch(user: UserId, requests: readonly StoreRequest[], idempotency?: Idempotency) {
    return Promise.all(requests.map((request) => this.store(user, request, idempotency)));
  }

  async recall(user: UserId, query: RecallBatchQuery) {
    this.queries.push(query);
    const memories = [...this.#of(user).values()].slice(0, query.limit);
    return memories.map((memory) => ({ ...memory, orbit_score: memory.score }));
  }

  async recallPage(user: UserId, query: RecallQuery) {
    return { items: await this.recall(user, query), nextCursor: undefined };
  }

  async recallBatch(user: UserId, queries: readonly RecallBatchQuery[]) {
    return Promise.all(queries.map((query) => this.recall(user, query)));
  }

  async recallContext(user: UserId, query: RecallContextQuery) {
    const items = await this.recall(user, query);
    const text = items.map(({ content }) => content).join('\n');
    return { text, tokens: text.length, memories: items.map(({ id }) => id) };
  }

  async forget(
    user: UserId,
    id: string,
    idempotency?: Idempotency,
    { agentId }: ForgetOptions = {},
  ) {
    this.idempotencies.push(idempotency);
    await this.#reach(user, id, agentId);
    if (!this.#of(user).delete(id)) throw new StellarError('not_found');
  }

  async get(user: UserId, id: string) {
    const memory = this.#of(user).get(id);
    if (memory === undefined) throw new StellarError('not_found');
    return { memory, orbit, links: [], etag: `v${memory.updated_at}` };
  }

  async patch(user: UserId, id: string, patch: PatchRequest, options: PatchOptions = {}) {
    this.idempotencies.push(options.idempotency);
    await this.#reach(user, id, options.agentId);
    const { memory, etag } = await this.get(user, id);
    if (options.ifMatch !== undefined && options.ifMatch !== etag)
      throw new StellarError('precondition_failed');
    const edited = { ...memory, ...patch, updated_at: memory.updated_at + 1 } as Memory;
    this.#of(user).set(id, edited);
    return this.get(user, id);
  }

  async mutate(user: UserId, mutations: readonly Mutation[]) {
    const acks = mutations.map(async ({ mid, ops }, seq) => ({
      mid,
      seq,
      results: await Promise.all(ops.map((op) => this.#mutateOne(user, op))),
    }));
    return { hlc: `${storedAt * 1000}.0`, acks: await Promise.all(acks) };
  }

  async #mutateOne(user: UserId, op: MutationOp): Promise<MutationResult> {
    if (op.op === 'store') return { result: 'applied', id: (await this.store(user, op.memory)).id };
    return { result: this.#of(user).has(op.id) ? 'applied' : 'gone', id: op.id };
  }

  async reorbit(user: UserId) {
    this.#of(user);
    return { moved: 0, complete: true };
  }

  async list(user: UserId, query: ListQuery) {
    const items = [...this.#of(user).values()];
    return { total: items.length, items: items.slice(0, query.limit), next_cursor: null };
  }

  async timeline(user: UserId) {
    return [...this.#of(user).values()].map(({ id, content, zone, importance }) => ({
      timestamp: storedAt,
      memory_id: id,
      content,
      zone,
      importance,
      emotion: null,
    }));
  }

  async stats(user: UserId) {
    const count = this.#of(user).size;
    return {
      total_memories: count,
      zones: { '0': 0, '1': 0, '2': count, '3': 0, '4': 0 },
      capacities: { '0': 20, '1': 100, '2': 1_000, '3': null, '4': null },
    };
  }

  async flush() {}

  async #reach(user: UserId, id: string, agentId: string | undefined) {
    const { memory } = await this.get(user, id);
    if (agentId !== undefined && memory.agent_id !== agentId) throw new StellarError('not_found');
  }

  #of(user: UserId): Map<string, Memory> {
    this.actedFor.push(user);
    const memories = this.#tenants.get(user) ?? new Map<string, Memory>();
    this.#tenants.set(user, memories);
    return memories;
  }
}

/** What becomes of those memories: none was ever edited, what was forgotten is still there. */
export const lifeOf = (memories: MemoriesInMemory): LifeService => ({
  async history(user, id) {
    await memories.get(user, id);
    return { items: [], next_cursor: null };
  },
  async forgotten(user) {
    memories.actedFor.push(user);
    return { items: [], next_cursor: null };
  },
  restore: async (user, id) => (await memories.get(user, id)).memory,
  settings: async () => ({ duplicates: 'keep', forget_after_days: null }),
  changeSettings: async () => ({ duplicates: 'merge', forget_after_days: null }),
  previewForgetting: async (user) => ({
    after_days: 90,
    count: 1,
    counted_all: true,
    items: (await memories.list(user, { limit: 1, offset: 0 })).items,
  }),
});
/** A feed in which nothing ever happens. Notes who asked. */
export class SilentFeed implements SyncService {
  readonly #askedFor: UserId[];

  constructor(askedFor: UserId[] = []) {
    this.#askedFor = askedFor;
  }

  async changes({ userId: user }: Identity): Promise<FeedPage> {
    this.#askedFor.push(user);
    return emptyPage;
  }

  async issueTicket({ userId: user }: Identity) {
    this.#askedFor.push(user);
    return { ticket: 't'.repeat(64), expiresAt: new Date(1_764_000_000_000) };
  }

  async *follow({ userId: user }: Identity) {
    this.#askedFor.push(user);
    yield emptyPage;
  }

  stop() {}
}

const emptyPage: FeedPage = {
  mode: 'delta',
  cursor: { epoch: '0', seq: 0, chain: '' },
  head: 0,
  floor: 0,
  events: [],
  memories: [],
  more: false,
};

/** Keys by their text. Counts how often it was asked. */
export class KeyRing implements Authenticator {
  readonly #identities = new Map<string, KeyIdentity>();
  asked = 0;

  add(
    key: string,
    user: UserId,
    scopes: readonly Scope[] = ['read', 'write', 'admin'],
    agentId: string | null = null,
  ): this {
    const apiKey = apiKeyId('33333333-3333-4333-8333-333333333333');
    this.#identities.set(key, { userId: user, apiKeyId: apiKey, scopes, tier: 'free', agentId });
    return this;
  }

  async authenticate(presentedKey: string): Promise<KeyIdentity> {
    this.asked += 1;
    const identity = this.#identities.get(presentedKey);
    if (identity === undefined) throw new StellarError('unauthorized');
    return identity;
  }

  async flush() {}
}

/** API keys in a list for each user. */
export class ApiKeysInMemory implements ApiKeyService {
  readonly #keys: { readonly owner: UserId; readonly key: ApiKey }[] = [];

  async list({ userId: user }: KeyActor) {
    return this.#keys.filter(({ owner }) => owner === user).map(({ key }) => key);
  }

  async create({ userId: user }: KeyActor, request: CreateApiKeyRequest) {
    const number = `${this.#keys.length}`.padStart(12, '0');
    const key = {
      id: `44444444-4444-4444-8444-${number}`,
      name: request.name,
      prefix: 'sm_live_abcd',
      last4: 'wxyz',
      scopes: request.scopes ?? ['read' as const, 'write' as const, 'admin' as const],
      created_at: '2025-11-23T00:00:00.000Z',
      last_used_at: null,
      expires_at: null,
      agent_id: request.agent_id ?? null,
      parent_id: null,
      replaced_by: null,
    };
    this.#keys.push({ owner: user, key });
    return { ...key, api_key: `sm_live_${number}` };
  }

  async assertRoom() {}

  async rotate(actor: KeyActor, id: ApiKeyId) {
    const old = (await this.list(actor)).find((key) => key.id === id);
    if (old === undefined) throw new StellarError('not_found');
    return this.create(actor, { name: old.name });
  }

  async revoke({ userId: user }: KeyActor, id: ApiKeyId) {
    const at = this.#keys.findIndex(({ owner, key }) => owner === user && key.id === id);
    if (at === -1) throw new StellarError('not_found');
    this.#keys.splice(at, 1);
  }
}

/** Nothing in use. */
export const nothingUsed: UsageService = {
  read: async () => {
    const none = { used: 0, limit: 1, percent: 0 };
    return {
      tier: 'free',
      memories: none,
      agents: none,
      api_keys: none,
      requests_per_minute: 60,
      warnings: [],
    };
  },
};

/** Accounts by e-mail. */
export class AccountsInMemory implements AdminService {
  readonly #users = new Map<string, CreatedUser>();

  async createUser({ email, tier }: CreateUserRequest) {
    if (this.#users.has(email)) throw new StellarError('conflict');
    const number = `${this.#users.size}`.padStart(12, '0');
    const id = `55555555-5555-4555-8555-${number}`;
    const user = { user_id: id, email, tier, api_key: `sm_live_${number}` };
    this.#users.set(email, user);
    return user;
  }

  async createKey(id: UserId, request: CreateApiKeyRequest) {
    if (![...this.#users.values()].some(({ user_id }) => user_id === id))
      throw new StellarError('not_found');
    return new ApiKeysInMemory().create({ userId: id, apiKeyId: 'owner' }, request);
  }

  async listUsers() {
    return { items: [...this.#users.values()].map(asUser), next_cursor: null };
  }

  async getUser(id: UserId) {
    const user = [...this.#users.values()].find(({ user_id }) => user_id === id);
    if (user === undefined) throw new StellarError('not_found');
    return { ...asUser(user), actions: [] };
  }

  async listErasures() {
    return { pending: [], receipts: [] };
  }

  async eraseUser(id: UserId) {
    await this.getUser(id);
    return { erased_at: '2026-12-01T00:00:00.000Z' };
  }

  async restoreUser(id: UserId) {
    const { actions: _none, ...user } = await this.getUser(id);
    return user;
  }

  async patchUser(id: UserId, { tier, status }: PatchUserRequest) {
    const found = [...this.#users.values()].find(({ user_id }) => user_id === id);
    if (found === undefined) throw new StellarError('not_found');
    const user = asUser(found);
    return { ...user, tier: tier ?? user.tier, status: status ?? user.status };
  }
}

/** Billing for HTTP's own tests: everybody pays for pro. */
export const billingInMemory = {
  service: {
    checkout: async () => ({
      url: 'https://shop.example/c',
      expires_at: '2025-11-24T00:00:00.000Z',
    }),
    portal: async () => ({ url: 'https://shop.example/portal' }),
    changePlan: async () => ({ tier: 'pro' as const, subscription: null }),
    subscription: async () => ({ tier: 'pro' as const, subscription: null }),
  },
  webhooks: {
    receive: async ({ signature }: { signature: string }) => {
      if (signature !== 'good') throw new StellarError('unauthorized');
    },
  },
};

const asUser = ({ user_id, email, tier }: CreatedUser): User => ({
  user_id,
  email,
  tier,
  status: 'active',
  created_at: '2025-11-23T00:00:00.000Z',
  memories: 0,
  agents: 0,
  api_keys: 1,
});
const aConversation = {
  session_id: 'chat',
  agent_id: null,
  started_at: storedAt,
  ended_at: null,
  memories: 0,
  summary: null,
  summary_memory_id: null,
};

/** What surrounds memories, for HTTP's own tests: one conversation, nothing to tell. */
export const contextInMemory: ContextService = {
  narrate: async () => ({ answer: { narrative: '', memories: [], written_by: 'rules' } }),
  startSession: async () => aConversation,
  endSession: async () => aConversation,
  getSession: async () => aConversation,
  listSessions: async () => ({ items: [aConversation], next_cursor: null }),
  related: async () => ({ items: [], ties: [] }),
  path: async () => ({ hops: null, items: [] }),
  graph: async () => ({ nodes: [], ties: [], communities: [], average_degree: 0, density: 0 }),
  introspect: async (_user, { topic }) => ({
    topic,
    confidence: 0,
    coverage: [],
    gaps: [topic],
    memory_count: 0,
    avg_freshness: 0,
    zone_distribution: {},
  }),
  confident: async () => ({ memories: [], confidence: 0, warning: 'No memories found' }),
  listAgents: async () => ({ items: [{ agent_id: 'robot', memories: 1 }], next_cursor: null }),
};

const aSession = {
  id: '33333333-3333-4333-8333-333333333333',
  user_agent: null,
  created_at: '2025-11-24T00:00:00.000Z',
  expires_at: '2025-12-24T00:00:00.000Z',
  current: false,
};

/** Signing in for HTTP's own tests: every code is right, and no session opens anything. */
export const signInInMemory = {
  service: {
    register: async () => ({ request: aSession.id, expires_at: aSession.created_at }),
    verify: async () => ({
      answer: { user_id: alice, email: 'alice@example.com', created: false },
      token: 't'.repeat(43),
      maxAgeSeconds: 60,
    }),
    sessions: async () => [aSession],
    endSession: async () => undefined,
    requestErasure: async () => ({ erased_at: aSession.expires_at }),
    undoErasure: async () => undefined,
    idle: async () => undefined,
  },
  sessions: {
    authenticateSession: async (): Promise<Identity> => {
      throw new StellarError('unauthorized');
    },
  },
  devices: {
    begin: async () => ({
      device_code: 'c'.repeat(43),
      user_code: 'BCDF-GHJK',
      verification_uri: 'https://memory.example.com/device',
      verification_uri_complete: 'https://memory.example.com/device#BCDF-GHJK',
      expires_in: 600,
      interval: 5,
    }),
    poll: () => new ApiKeysInMemory().create({ userId: alice, apiKeyId: 'owner' }, { name: 'x' }),
    inspect: async () => ({
      name: 'laptop',
      scopes: ['read' as const],
      requested_at: aSession.created_at,
      expires_at: aSession.expires_at,
    }),
    decide: async (_identity: Identity, { grant }: { grant: boolean }) => ({ granted: grant }),
  },
};

/** Export and import for HTTP's own tests: nothing goes out, and what comes in is counted. */
export const transferInMemory: TransferService = {
  async *exportAll() {
    yield '{"type":"header"}\n';
    yield '{"type":"end"}\n';
  },
  async importAll(_user, lines) {
    let memories = 0;
    for await (const _line of lines) memories += 1;
    return { memories, stored: memories, existing: 0 };
  },
};

/** An empty audit log. */
export const nothingHappened: AuditService = {
  list: async () => ({ items: [], next_before: null }),
  chain: async () => ({ rows: 0, broken_at: null, head: null }),
  async *exportAccount() {
    yield '{"type":"end"}\n';
  },
};
