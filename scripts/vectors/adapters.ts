import { consolidator } from './adapters/consolidator.js';
import { adaptiveDecay, decayManager } from './adapters/decay.js';
import { emotion } from './adapters/emotion.js';
import { graphAnalyzer } from './adapters/graph-analyzer.js';
import { importanceEvaluator } from './adapters/importance-evaluator.js';
import { memoryFunction } from './adapters/memory-function.js';
import { memoryGraph } from './adapters/memory-graph.js';
import { metacognition } from './adapters/metacognition.js';
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
};

/** Modules whose recorded behaviour is not replayed, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  session:
    'what is pure in it is a summary, held by test/domain/context/session-summary.test.ts; the rest is the database, test/memory/sessions.test.ts',
  reasoning:
    'v2 counted words and called it insights; narratives and introspection answer what it was asked for',
  self_learning:
    'no weight is learnt from queries: one profile of constants is justified by a simulation',
  multimodal:
    'a text may be anything; its metadata says what, and v2 took "let me think about it" for JavaScript',
  stream:
    'times are ISO 8601 or seconds, the timeline has the newest first, and narratives are told by day',
  orbit_manager:
    'v1 let a newcomer displace a better one, dropped what fell out of the last zone, and moved by hand; ' +
    'the rules here are held to brute force by orbit-year.test.ts and orbits.test.ts',
  weight_tuner:
    'one profile is in force for everybody, chosen by a simulated year; no use of it changes it',
};
