import { memoryFunction } from './adapters/memory-function.js';
import type { VectorModule } from './vector-module.js';

/** Modules whose behaviour is kept, by the name of their file. */
export const adapters: Readonly<Record<string, VectorModule>> = {
  memory_function: memoryFunction,
};

/** Modules whose recorded behaviour is not replayed, and why. */
export const leftOut: Readonly<Record<string, string>> = {};
