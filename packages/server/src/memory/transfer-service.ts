import type {
  ExportedLink,
  ExportedMemory,
  ExportedSession,
  ExportedVersion,
  ImportResponse,
} from '@stellar-memory/protocol';
import type { AuditActor } from '../domain/audit.js';
import type { UserId } from '../domain/ids.js';
import type { StoreUsage } from './memory-service.js';

/** What an export has of a tenant. */
export type ExportedRow = ExportedSession | ExportedMemory | ExportedVersion | ExportedLink;

/** A row of an import and the line that it came from. */
export interface ImportedLine<Row extends ExportedRow = ExportedRow> {
  /** The first line is 1. */
  readonly line: number;
  readonly bytes: number;
  readonly row: Row;
}

/** Takes memories out, with their conversations, former versions and links, and brings them in. */
export interface TransferService {
  /**
   * Every conversation, memory, former version and link as sealed lines, in texts of many lines, between header and end.
   * What is held in memory does not grow with the tenant, and nothing is read ahead of who takes the texts.
   *
   * That it was begun is in the audit log.
   *
   * A memory that is there from beginning to end is in it exactly once, as it was at one moment in between; one that is
   * stored or forgotten meanwhile may be in it or not.
   */
  exportAll(userId: UserId, actor: AuditActor): AsyncIterable<string>;
  /**
   * Stores memories as they were elsewhere, with conversations and former versions. One whose id is there already stays
   * as it is, so that the same lines may be sent again; a version or link whose memory is not there is passed over. Lines
   * are stored in groups, each wholly or not at all; what was stored stays when a later line fails.
   *
   * Errors: `quota_exceeded` when the store is full; what `lines` throws. Either with `progress`.
   */
  importAll(
    userId: UserId,
    lines: AsyncIterable<ImportedLine>,
    onUsage?: (usage: StoreUsage) => void,
  ): Promise<ImportResponse>;
}
