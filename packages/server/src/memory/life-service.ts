import type {
  ForgettingPreview,
  ForgettingPreviewRequest,
  ForgottenQuery,
  ForgottenResponse,
  HistoryQuery,
  HistoryResponse,
  Memory,
  Settings,
  SettingsPatch,
} from '@stellar-memory/protocol';
import type { AuditActor } from '../domain/audit.js';
import type { MemoryId, UserId } from '../domain/ids.js';
import type { Idempotency, StoreUsage } from './memory-service.js';

/**
 * What becomes of memories after they were stored: what they said before, being forgotten and coming back.
 *
 * Errors: `not_found` for what is not there or not his.
 */
export interface LifeService {
  /** What a memory said before it was edited, the newest first. */
  history(userId: UserId, id: MemoryId, query: HistoryQuery): Promise<HistoryResponse>;
  /** What can be restored, the latest first. */
  forgotten(userId: UserId, query: ForgottenQuery): Promise<ForgottenResponse>;
  /**
   * Takes a memory back as it was, versions and recalls included.
   *
   * Errors: `quota_exceeded` when there is no room for it or its agent; `conflict` when its id is in use by now.
   */
  restore(userId: UserId, id: MemoryId, options?: RestoreOptions): Promise<Memory>;
  /** How the account's memories are treated. */
  settings(userId: UserId): Promise<Settings>;
  /** Noted in the audit log. */
  changeSettings(userId: UserId, patch: SettingsPatch, actor: AuditActor): Promise<Settings>;
  /** What would be forgotten by itself now, the longest idle first; nothing is. */
  previewForgetting(userId: UserId, request: ForgettingPreviewRequest): Promise<ForgettingPreview>;
}

/** What restoring takes besides. */
export interface RestoreOptions {
  readonly idempotency?: Idempotency | undefined;
  /** Hears what is in use afterwards, unless the answer is a repeated one. */
  readonly onUsage?: (usage: StoreUsage) => void;
}
