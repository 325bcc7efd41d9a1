import type { MemoryDependencies } from './dependencies.js';
import { createForgotten } from './forgotten.js';
import { createHistory } from './history.js';
import type { LifeService } from './life-service.js';
import { createPreviewForgetting } from './preview-forgetting.js';
import { createRestore } from './restore.js';
import { createSettings } from './settings.js';

/** Puts together what becomes of memories. */
export const createLifeService = (dependencies: MemoryDependencies): LifeService => ({
  history: createHistory(dependencies),
  forgotten: createForgotten(dependencies),
  restore: createRestore(dependencies),
  previewForgetting: createPreviewForgetting(dependencies),
  ...createSettings(dependencies),
});
