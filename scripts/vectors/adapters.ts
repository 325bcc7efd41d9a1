import { consolidator } from './adapters/consolidator.js';
import { adaptiveDecay, decayManager } from './adapters/decay.js';
import { emotion } from './adapters/emotion.js';
import { graphAnalyzer } from './adapters/graph-analyzer.js';
import { importanceEvaluator } from './adapters/importance-evaluator.js';
import { memoryFunction } from './adapters/memory-function.js';
import { memoryGraph } from './adapters/memory-graph.js';
import { metacognition } from './adapters/metacognition.js';
import { multimodal } from './adapters/multimodal.js';
import { orbitManager } from './adapters/orbit-manager.js';
import { serializer } from './adapters/serializer.js';
import type { VectorModule } from './vector-module.js';

/** Modules whose behaviour is kept, by the name of their file. */
export const adapters: Readonly<Record<string, VectorModule>> = {
  consolidator,
  memory_function: memoryFunction,
  emotion,
  memory_graph: memoryGraph,
  graph_analyzer: graphAnalyzer,
  importance_evaluator: importanceEvaluator,
  metacognition,
  decay_manager: decayManager,
  adaptive_decay: adaptiveDecay,
  serializer,
  orbit_manager: orbitManager,
  multimodal,
};

/** Modules whose recorded behaviour is not replayed, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  session:
    'what is pure in it is a summary, held by test/domain/context/session-summary.test.ts; the rest is the database, test/memory/sessions.test.ts',
  reasoning:
    'v2 counted words and called it insights; narratives and introspection answer what it was asked for',
  self_learning:
    'no weight is learnt from queries: one profile of constants is justified by a simulation',
  stream:
    'times are ISO 8601 or seconds, the timeline has the newest first, and narratives are told by day',
  event_bus:
    'changes are told by the feed, once and in order, to whoever asks; nothing of theirs runs inside',
  recall: 'v2 looked for pieces of words; what ranks is judged by npm run eval',
  search: 'v2 looked for pieces of words; what ranks is judged by npm run eval',
  server_auth: 'paths and status codes that are kept are held by test/http and test/auth',
  server_endpoints: 'paths and status codes that are kept are held by test/http',
  sync_manager:
    'one clock a field instead of one a memory: docs/specs/sync.md, test/domain/merge.test.ts',
  tiers: 'the limits are those of the plan (FR-06 to FR-08), and keys have another format',
  misc: 'roles, namespaces and hooks of chats gave way to accounts, scopes and clients',
  weight_tuner:
    'one profile is in force for everybody, chosen by a simulated year; no use of it changes it',
};
