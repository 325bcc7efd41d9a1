import type { MemoryDependencies } from './dependencies.js';
import { createExport } from './export.js';
import { createImport } from './import.js';
import type { TransferService } from './transfer-service.js';

/** Puts export and import together. */
export const createTransferService = (dependencies: MemoryDependencies): TransferService => ({
  exportAll: createExport(dependencies),
  importAll: createImport(dependencies),
});
