import type { ProbeRequest } from './calls.js';

/** Ids of things that belong to one tenant. */
export interface Belongings {
  readonly memoryId: string;
  /** Of a memory that can be restored. */
  readonly forgottenId: string;
  readonly apiKeyId: string;
  readonly userId: string;
  /** Words that only this tenant's memories hold. */
  readonly words: string;
  /** A conversation of theirs. */
  readonly sessionId: string;
}

/** Who may call an operation, as its OpenAPI entry says. */
export type Audience = 'open' | 'operator' | 'signed' | 'user';

/** One operation as the matrix calls it. */
export interface ProbedOperation {
  readonly operationId: string;
  readonly audience: Audience;
  /** Whether it names a thing by id, so that another tenant must be told that there is no such thing. */
  readonly byId: boolean;
  readonly request: ProbeRequest;
}

type Build = (of: Belongings) => Omit<ProbeRequest, 'method'>;

/**
 * How to call every operation so that it aims at the belongings of one tenant.
 * An operation of the OpenAPI document that is missing here stops the probe: what is not listed is not tested.
 */
const builders: Readonly<Record<string, Build>> = {
  store: () => ({ path: '/api/v1/store', body: { content: 'A note to self' } }),
  storeBatch: () => ({
    path: '/api/v1/store/batch',
    body: { memories: [{ content: 'A first note' }, { content: 'A second note' }] },
  }),
  recall: ({ words }) => ({
    path: `/api/v1/recall?limit=100&q=${encodeURIComponent(words)}`,
  }),
  recallBatch: ({ words }) => ({
    path: '/api/v1/recall/batch',
    body: { queries: [{ q: words, limit: 100, explain: true }, { q: 'a note to self' }] },
  }),
  recallContext: ({ words }) => ({
    path: `/api/v1/recall/context?limit=100&max_tokens=32000&q=${encodeURIComponent(words)}`,
  }),
  listMemories: () => ({ path: '/api/v1/memories?limit=100' }),
  getMemory: ({ memoryId }) => ({ path: `/api/v1/memories/${memoryId}` }),
  patchMemory: ({ memoryId }) => ({
    path: `/api/v1/memories/${memoryId}`,
    body: { importance: 0.25 },
  }),
  memoryHistory: ({ memoryId }) => ({ path: `/api/v1/memories/${memoryId}/history` }),
  listForgotten: () => ({ path: '/api/v1/forgotten?limit=100' }),
  restoreMemory: ({ forgottenId }) => ({ path: `/api/v1/memories/${forgottenId}/restore` }),
  forget: ({ memoryId }) => ({ path: `/api/v1/forget/${memoryId}` }),
  narrate: ({ words }) => ({
    path: '/api/v1/narrate',
    body: { topic: words, limit: 50 },
  }),
  startMemorySession: () => ({ path: '/api/v1/sessions', body: {} }),
  endMemorySession: ({ sessionId }) => ({ path: `/api/v1/sessions/${sessionId}/end`, body: {} }),
  getMemorySession: ({ sessionId }) => ({ path: `/api/v1/sessions/${sessionId}` }),
  listMemorySessions: () => ({ path: '/api/v1/sessions?limit=100' }),
  listAgents: () => ({ path: '/api/v1/agents?limit=100' }),
  relatedMemories: ({ memoryId }) => ({ path: `/api/v1/memories/${memoryId}/related?depth=3` }),
  memoryPath: ({ memoryId }) => ({ path: `/api/v1/memories/${memoryId}/path?to=${memoryId}` }),
  memoryGraph: ({ words }) => ({
    path: `/api/v1/graph?limit=100&topic=${encodeURIComponent(words)}`,
  }),
  introspect: ({ words }) => ({ path: `/api/v1/introspect?topic=${encodeURIComponent(words)}` }),
  recallConfident: ({ words }) => ({
    path: `/api/v1/recall/confident?limit=100&query=${encodeURIComponent(words)}`,
  }),
  evaluate: () => ({ path: '/api/v1/evaluate', body: { content: 'A note to self' } }),
  // An edit and a report of recalls that aim at one tenant's memory, sent by another.
  mutate: ({ memoryId }) => ({
    path: '/api/v1/mutations',
    body: {
      mutations: [
        {
          mid: crypto.randomUUID(),
          hlc: '1700000000000.0',
          ops: [
            { op: 'edit', id: memoryId, set: { content: 'not by its owner' } },
            { op: 'recalled', id: memoryId, times: 3 },
            { op: 'forget', id: memoryId },
          ],
        },
      ],
    },
  }),
  timeline: () => ({ path: '/api/v1/timeline?limit=100' }),
  readChanges: () => ({ path: '/api/v1/changes?limit=100' }),
  createSyncTicket: () => ({
    path: '/api/v1/sync/ticket',
    body: { origin: 'https://app.example.com' },
  }),
  followEvents: () => ({ path: '/api/v1/events?follow=false' }),
  stats: () => ({ path: '/api/v1/stats' }),
  export: () => ({ path: '/api/v1/export' }),
  import: () => ({
    path: '/api/v1/import',
    headers: { 'content-type': 'application/x-ndjson' },
    body: importedLine(crypto.randomUUID()),
  }),
  reorbit: () => ({ path: '/api/v1/reorbit' }),
  listApiKeys: () => ({ path: '/auth/api-keys' }),
  createApiKey: () => ({ path: '/auth/api-keys', body: { name: 'probe', scopes: ['read'] } }),
  revokeApiKey: ({ apiKeyId }) => ({ path: `/auth/api-keys/${apiKeyId}` }),
  rotateApiKey: ({ apiKeyId }) => ({
    path: `/auth/api-keys/${apiKeyId}/rotate`,
    body: { overlap_seconds: 60 },
  }),
  previewForgetting: () => ({ path: '/api/v1/forgetting/preview', body: { after_days: 1 } }),
  getSettings: () => ({ path: '/api/v1/settings' }),
  patchSettings: () => ({ path: '/api/v1/settings', body: { duplicates: 'keep' } }),
  usage: () => ({ path: '/auth/usage' }),
  exportAccount: () => ({ path: '/auth/account/export' }),
  audit: () => ({ path: '/auth/audit' }),
  verifyAudit: () => ({ path: '/auth/audit/chain' }),
  register: () => ({
    path: '/auth/register',
    body: { email: `probe-${crypto.randomUUID()}@example.com` },
  }),
  // A code that nobody was sent: what a right one opens is the sign-in suite's to show.
  verify: () => ({
    path: '/auth/verify',
    body: { request: crypto.randomUUID(), code: '12345678' },
  }),
  beginDevice: () => ({ path: '/auth/device', body: { name: 'probe' } }),
  pollDevice: () => ({ path: '/auth/device/token', body: { device_code: 'nobody-was-given-it' } }),
  inspectDevice: () => ({ path: '/auth/device/inspect', body: { user_code: 'BCDF-GHJK' } }),
  decideDevice: () => ({
    path: '/auth/device/decide',
    body: { user_code: 'BCDF-GHJK', grant: true },
  }),
  signInPage: () => ({ path: '/sign-in' }),
  devicePage: () => ({ path: '/device' }),
  pricingPage: () => ({ path: '/pricing' }),
  eraseAccount: () => ({
    path: '/auth/account',
    body: { request: crypto.randomUUID(), code: '12345678' },
  }),
  restoreAccount: () => ({
    path: '/auth/account/restore',
    body: { request: crypto.randomUUID(), code: '12345678' },
  }),
  listErasures: () => ({ path: '/admin/erasures' }),
  checkout: () => ({ path: '/billing/lemonsqueezy/checkout', body: { tier: 'pro' } }),
  billingPortal: () => ({ path: '/billing/portal' }),
  changePlan: () => ({ path: '/billing/plan', body: { tier: 'promax' } }),
  getSubscription: () => ({ path: '/billing/subscription' }),
  // What a forged signature does is the suite of purchases' to show: here there is none.
  lemonSqueezyWebhook: () => ({ path: '/webhook/lemonsqueezy', body: { meta: {}, data: {} } }),
  listSessions: () => ({ path: '/auth/sessions' }),
  endSession: () => ({ path: `/auth/sessions/${crypto.randomUUID()}` }),
  createUser: () => ({
    path: '/admin/users',
    body: { email: `probe-${crypto.randomUUID()}@example.com`, tier: 'free' },
  }),
  createUserKey: ({ userId }) => ({
    path: `/admin/users/${userId}/api-keys`,
    body: { name: 'probe' },
  }),
  listUsers: () => ({ path: '/admin/users' }),
  getUser: ({ userId }) => ({ path: `/admin/users/${userId}` }),
  patchUser: ({ userId }) => ({ path: `/admin/users/${userId}`, body: { tier: 'pro' } }),
  eraseUser: ({ userId }) => ({ path: `/admin/users/${userId}`, body: { reason: 'probe' } }),
  restoreUser: ({ userId }) => ({
    path: `/admin/users/${userId}/restore`,
    body: { reason: 'probe' },
  }),
  health: () => ({ path: '/api/v1/health' }),
  livez: () => ({ path: '/livez' }),
  readyz: () => ({ path: '/readyz' }),
  metrics: () => ({ path: '/metrics' }),
  openapi: () => ({ path: '/openapi.json' }),
  docs: () => ({ path: '/docs' }),
};

const importedLine = (id: string): object => ({
  type: 'memory',
  id,
  content: 'An imported note',
  metadata: {},
  importance: 0.5,
  zone: 2,
  score: 0.4,
  recall_count: 0,
  last_recalled_at: null,
  created_at: 1_764_000_000,
  updated_at: 1_764_000_000,
  occurred_at: null,
  agent_id: null,
  session_id: null,
  speaker: null,
  role: null,
  pinned: false,
});

interface OpenApiDocument {
  readonly paths: Record<
    string,
    Record<string, { operationId: string; security?: Record<string, unknown>[] }>
  >;
}

/** Every operation of the server's own OpenAPI document, aimed at one tenant's belongings. */
export function operationsOf(document: OpenApiDocument, target: Belongings): ProbedOperation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security }]) => {
      const build = builders[operationId];
      if (build === undefined)
        throw new Error(`The isolation probe does not know the operation ${operationId}: list it.`);
      return {
        operationId,
        audience: audienceOf(security),
        byId: path.includes('{id}'),
        request: { method: method.toUpperCase(), ...build(target) },
      };
    }),
  );
}

function audienceOf(security: Record<string, unknown>[] | undefined): Audience {
  if (security === undefined || security.length === 0) return 'open';
  if (security.some((scheme) => 'signature' in scheme)) return 'signed';
  return security.some((scheme) => 'operatorToken' in scheme) ? 'operator' : 'user';
}
