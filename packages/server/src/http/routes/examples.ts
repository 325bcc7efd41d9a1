import type {
  ForgottenMemory,
  Memory,
  MemoryOrbit,
  MemorySession,
  RecalledMemory,
  Settings,
  User,
} from '@stellar-memory/protocol';

/** Values for the reference page. Operations share them, so that a reader meets the same memory everywhere. */
export const exampleId = '0199f3a2-6c1e-7a30-9c57-3f1f6f0f2a11';
export const exampleUuid = '3c5a1d9e-8c43-4a8e-9c0f-2f6f1e7b9d54';

export const exampleMemory: Memory = {
  id: exampleId,
  content: 'Mina prefers dark mode and writes her reports in Korean.',
  zone: 1,
  score: 0.58,
  importance: 0.8,
  recall_count: 3,
  last_recalled_at: 1_764_000_000,
  emotion: null,
  created_at: 1_763_900_000,
  updated_at: 1_763_900_000,
  occurred_at: null,
  agent_id: 'assistant',
  session_id: 'onboarding',
  speaker: 'Mina',
  role: 'user',
  pinned: false,
  metadata: { topic: 'preferences' },
};

export const exampleForgotten: ForgottenMemory = {
  ...exampleMemory,
  forgotten_at: 1_764_000_500,
  restorable_until: 1_764_605_300,
  reason: 'asked',
};

export const exampleOrbit: MemoryOrbit = {
  score: 0.58,
  recall: 0.06,
  freshness: 0.28,
  importance: 0.24,
  context: 0,
  emotion: 0,
  fades_at: 1_764_300_000,
  fades_to: 2,
};

export const exampleRecalled: RecalledMemory = { ...exampleMemory, score: 7.2, orbit_score: 0.58 };

export const exampleSession: MemorySession = {
  session_id: 'onboarding',
  agent_id: 'assistant',
  started_at: 1_763_899_000,
  ended_at: 1_763_901_000,
  memories: 12,
  summary: 'Mina prefers dark mode and writes her reports in Korean. | Her team has six people.',
  summary_memory_id: '0199f3a2-9d40-7c11-8f02-5b7a1c2d3e4f',
};

export const exampleSettings: Settings = { duplicates: 'merge', forget_after_days: null };

export const exampleUser: User = {
  user_id: exampleUuid,
  email: 'mina@example.com',
  tier: 'promax',
  status: 'active',
  created_at: '2025-11-23T20:00:00.000Z',
  memories: 812,
  agents: 2,
  api_keys: 1,
};
