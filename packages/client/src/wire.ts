/**
 * What travels over REST, written out so that users of the client need no schema library.
 * `test/wire.types.ts` proves each type equal to the server's schema; names are those of the wire.
 */

/** JSON as the server keeps it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A JSON object: at most 64 keys, 32 levels deep. */
export type Metadata = { [key: string]: Json };

/** The orbit of a memory: 0 core, 1 inner, 2 outer, 3 belt, 4 cloud. */
export type Zone = 0 | 1 | 2 | 3 | 4;

/** ISO 8601 date, or date and time with offset; or seconds since the Unix epoch. */
export type Moment = string | number;

/** What to store. */
export interface StoreRequest {
  /** At most 32 KB as UTF-8. */
  content: string;
  /** From 0 to 1; 0.5 when absent. */
  importance?: number | undefined;
  metadata?: Metadata | undefined;
  agent_id?: string | undefined;
  session_id?: string | undefined;
  speaker?: string | undefined;
  role?: string | undefined;
  /** When it happened, if not now. */
  occurred_at?: Moment | undefined;
  /** Never moves outward, never forgotten by itself. */
  pinned?: boolean | undefined;
}

/** Where a stored memory went. */
export interface StoreResponse {
  id: string;
  zone: Zone;
  /** Orbit score; decides the zone. */
  score: number;
}

/** A memory. Times are seconds since the Unix epoch. */
export interface Memory {
  id: string;
  content: string;
  zone: Zone;
  /** Orbit score; decides the zone. */
  score: number;
  importance: number;
  recall_count: number;
  last_recalled_at: number | null;
  emotion: string | null;
  created_at: number;
  updated_at: number;
  occurred_at: number | null;
  agent_id: string | null;
  session_id: string | null;
  speaker: string | null;
  role: string | null;
  pinned: boolean;
  metadata: Record<string, Json>;
}

/** A recalled memory: `score` is its relevance to the query. */
export interface RecalledMemory extends Memory {
  /** What decides its zone. */
  orbit_score: number;
}

/** What to recall: the query and what narrows it. */
export interface RecallQuery {
  /** At most 1,000 characters. */
  q: string;
  /** From 1 to 100; 5 when absent. */
  limit?: number | undefined;
  emotion?: string | undefined;
  zone?: Zone | undefined;
  since?: Moment | undefined;
  until?: Moment | undefined;
  agent_id?: string | undefined;
  session_id?: string | undefined;
}

/** What to change: what is absent stays, `null` clears. */
export interface PatchRequest {
  content?: string | undefined;
  importance?: number | undefined;
  metadata?: Metadata | undefined;
  pinned?: boolean | undefined;
  agent_id?: string | null | undefined;
  session_id?: string | null | undefined;
  speaker?: string | null | undefined;
  role?: string | null | undefined;
  occurred_at?: Moment | null | undefined;
}

/** Which page of the list. `cursor` and `offset` exclude each other. */
export interface ListQuery {
  zone?: Zone | undefined;
  /** From 1 to 100; 50 when absent. */
  limit?: number | undefined;
  offset?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

/** A page of memories, highest orbit score first. */
export interface ListResponse {
  /** How many there are in all, exactly. */
  total: number;
  items: Memory[];
  /** `null` on the last page. */
  next_cursor: string | null;
}

/** Which stretch of time. */
export interface TimelineQuery {
  start?: Moment | undefined;
  end?: Moment | undefined;
  /** From 1 to 100; 50 when absent. */
  limit?: number | undefined;
}

/** A memory at the moment it happened. */
export interface TimelineEntry {
  /** Seconds since the Unix epoch. */
  timestamp: number;
  memory_id: string;
  content: string;
  zone: Zone;
  importance: number;
  emotion: string | null;
}

/** Exact counts. */
export interface StatsResponse {
  total_memories: number;
  zones: Record<`${Zone}`, number>;
  /** `null` is unlimited. */
  capacities: Record<`${Zone}`, number | null>;
}

/** What a key may do. `admin` manages the account's keys. */
export type Scope = 'read' | 'write' | 'admin';

/** What key to make. */
export interface CreateApiKeyRequest {
  name?: string | undefined;
  /** All three when absent. */
  scopes?: Scope[] | undefined;
  /** ISO 8601 with offset; never when absent. */
  expires_at?: string | undefined;
}

/** A key without its secret. Times are ISO 8601. */
export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  last4: string;
  scopes: Scope[];
  created_at: string;
  last_used_at: string | null;
  expires_at: string | null;
}

/** A new key; the only answer that ever holds the key itself. */
export interface CreatedApiKey extends ApiKey {
  api_key: string;
}
