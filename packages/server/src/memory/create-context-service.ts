import type { ContextService } from './context-service.js';
import { createNarrate, type NarrateDependencies } from './narrate/narrate.js';

/** Puts what is told about memories together. */
export const createContextService = (dependencies: NarrateDependencies): ContextService => ({
  narrate: createNarrate(dependencies),
});
