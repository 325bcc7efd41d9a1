import type { ApiKey, Memory, StoreResponse } from '../../src/index.js';

export const stored: StoreResponse = { id: 'memory-1', zone: 2, score: 0.4 };

export const memory: Memory = {
  id: 'memory-1',
  content: 'Mina is allergic to peanuts.',
  zone: 2,
  score: 0.4,
  importance: 0.5,
  recall_count: 0,
  last_recalled_at: null,
  emotion: null,
  created_at: 1_760_000_000.125,
  updated_at: 1_760_000_000.125,
  occurred_at: null,
  agent_id: null,
  session_id: null,
  speaker: null,
  role: null,
  pinned: false,
  metadata: {},
};

export const apiKey: ApiKey = {
  id: '019a0000-0000-7000-8000-000000000001',
  name: 'reader',
  prefix: 'sm_live_abcd',
  last4: 'wxyz',
  scopes: ['read'],
  created_at: '2025-10-09T08:53:20.000Z',
  last_used_at: null,
  expires_at: null,
  agent_id: null,
  parent_id: null,
  replaced_by: null,
};

/** Looks like a key, opens nothing. */
export const secretKey = 'sm_live_0123456789abcdefghijABCDEFGHIJ012345';
