import { emotion } from './adapters/emotion.js';
import { graphAnalyzer } from './adapters/graph-analyzer.js';
import { importanceEvaluator } from './adapters/importance-evaluator.js';
import { memoryFunction } from './adapters/memory-function.js';
import { memoryGraph } from './adapters/memory-graph.js';
import { metacognition } from './adapters/metacognition.js';
import type { VectorModule } from './vector-module.js';

/** Modules whose behaviour is kept, by the name of their file. */
export const adapters: Readonly<Record<string, VectorModule>> = {
  memory_function: memoryFunction,
  emotion,
  memory_graph: memoryGraph,
  graph_analyzer: graphAnalyzer,
  importance_evaluator: importanceEvaluator,
  metacognition,
};

/** Modules whose recorded behaviour is not replayed, and why. */
export const leftOut: Readonly<Record<string, string>> = {};
