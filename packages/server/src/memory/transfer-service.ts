import type { ExportedMemory, ImportResponse } from '@stellar-memory/protocol';
import type { AuditActor } from '../domain/audit.js';
import type { UserId } from '../domain/ids.js';
import type { StoreUsage } from './memory-service.js';

/** A memory of an import and the line that it came from. */
export interface ImportedLine {
  /** The first line is 1. */
  readonly line: number;
  readonly bytes: number;
  readonly memory: ExportedMemory;
}

/** Takes all memories out, and brings memories in. */
export interface TransferService {
  /**
   * Every memory as sealed lines, in texts of many lines, between a header and an end. What is held in memory does not
   * grow with the tenant, and nothing is read ahead of who takes the texts.
   *
   * That it was begun is in the audit log.
   *
   * A memory that is there from beginning to end is in it exactly once, as it was at one moment in between; one that is
   * stored or forgotten meanwhile may be in it or not.
   */
  exportAll(userId: UserId, actor: AuditActor): AsyncIterable<string>;
  /**
   * Stores memories as they were elsewhere. One whose id is there already stays as it is, so that the same lines may be
   * sent again. Lines are stored in groups, each wholly or not at all; what was stored stays when a later line fails.
   *
   * Errors: `quota_exceeded` when the store is full; what `lines` throws. Either with `progress`.
   */
  importAll(
    userId: UserId,
    lines: AsyncIterable<ImportedLine>,
    onUsage?: (usage: StoreUsage) => void,
  ): Promise<ImportResponse>;
}
