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

/** What a text expresses most, by rules for English and Korean. */
export type Emotion = 'joy' | 'sadness' | 'anger' | 'fear' | 'surprise' | 'disgust';

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
  /** It adds nothing to the memory with this id, or says more, and was merged into it: the account's settings say so. */
  merged?: true | undefined;
  /** That memory was recalled minutes ago: it does not count as stored again. */
  echo?: true | undefined;
  /** Memories that nearly say the same, or that it contradicts. */
  links?: MemoryLink[] | undefined;
}

/** What a text is, told by its form. */
export type ContentType = 'text' | 'json' | 'code';

/** How a memory stands to another. */
export interface MemoryLink {
  /** Of the other memory. */
  id: string;
  relation: 'near' | 'contradicts';
  /** Of their words, 0 to 1. */
  similarity: number;
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
  emotion: Emotion | null;
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
  /** When it was asked for. */
  explain?: RecallExplanation | undefined;
}

/** How a memory came to its place in an answer and to its zone. */
export interface RecallExplanation {
  /** Terms of the query that it has: how often, and how many of your memories have them. */
  terms: { term: string; occurrences: number; memories: number }[];
  /** What each part of the ranking gave; names may change from version to version. */
  parts: Record<string, number>;
  /** The orbit score as it would be now, the sum of the others. */
  orbit: {
    score: number;
    recall: number;
    freshness: number;
    importance: number;
    context: number;
    emotion: number;
  };
  zone_reason: string;
}

/** A memory's score as it is now, and where it is on its way outward. */
export interface MemoryOrbit {
  /** The sum of the five terms. */
  score: number;
  recall: number;
  freshness: number;
  importance: number;
  context: number;
  emotion: number;
  /** When it leaves its zone if nobody needs it until then; `null` when it stays. */
  fades_at: number | null;
  fades_to: Zone | null;
}

/** Metadata that a memory must have: each of at most 16 top-level keys with exactly this value. */
export type MetadataFilter = Record<string, string | number | boolean | null>;

/** What to recall: the query and what narrows it. */
export interface RecallQuery {
  /** At most 1,000 characters. */
  q: string;
  /** From 1 to 100; 5 when absent. */
  limit?: number | undefined;
  emotion?: Emotion | undefined;
  zone?: Zone | undefined;
  since?: Moment | undefined;
  until?: Moment | undefined;
  agent_id?: string | undefined;
  session_id?: string | undefined;
  /** A conversation that goes before others when there is not room for all. */
  prefer_session?: string | undefined;
  metadata?: MetadataFilter | undefined;
  /** Only memories whose `score` is at least this. */
  min_score?: number | undefined;
  /** Says of each memory how its score and its zone came about. */
  explain?: boolean | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
}

/** One query of a batch. */
export interface RecallBatchQuery {
  q: string;
  /** From 1 to 100; 5 when absent. */
  limit?: number | undefined;
  emotion?: Emotion | undefined;
  zone?: Zone | undefined;
  since?: Moment | undefined;
  until?: Moment | undefined;
  agent_id?: string | undefined;
  session_id?: string | undefined;
  /** A conversation that goes before others when there is not room for all. */
  prefer_session?: string | undefined;
  metadata?: MetadataFilter | undefined;
  min_score?: number | undefined;
  explain?: boolean | undefined;
}

/** What to make a context of. */
export interface RecallContextQuery {
  q: string;
  /** Memories at most, from 1 to 100; 50 when absent. */
  limit?: number | undefined;
  /** Tokens of the text at most, from 1 to 32,000; 1,000 when absent. */
  max_tokens?: number | undefined;
  emotion?: Emotion | undefined;
  zone?: Zone | undefined;
  since?: Moment | undefined;
  until?: Moment | undefined;
  agent_id?: string | undefined;
  session_id?: string | undefined;
  /** A conversation that goes before others when there is not room for all. */
  prefer_session?: string | undefined;
  metadata?: MetadataFilter | undefined;
  min_score?: number | undefined;
}

/** A text for a prompt: one memory a line, the newest last. */
export interface RecallContextResponse {
  text: string;
  /** An estimate, never above `max_tokens`. */
  tokens: number;
  /** Ids of the memories, one for each line. */
  memories: string[];
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
  /** A whole day of `timezone`, `2026-11-24`, instead of start and end. */
  day?: string | undefined;
  /** Adds `local_time` to each entry, for example of `Asia/Seoul`. */
  timezone?: string | undefined;
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
  emotion: Emotion | null;
  /** Date and time in the `timezone` that was asked for. */
  local_time?: string | undefined;
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
  /** Those of the client's own key when absent; never more than it has. */
  scopes?: Scope[] | undefined;
  /** ISO 8601 with offset; when the client's own key expires when absent, never later. */
  expires_at?: string | undefined;
  /** Binds the key to one agent: it stores and recalls as that agent only. */
  agent_id?: string | undefined;
}

/** What a device asks for. */
export interface DeviceRequest {
  /** Of the device; the key is called so. */
  name?: string | undefined;
  /** What the key is to be allowed; all when absent. Shown to who decides. */
  scopes?: Scope[] | undefined;
}

/** Codes of what a device asked for. */
export interface DeviceResponse {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  /** Seconds. */
  expires_in: number;
  /** Seconds. */
  interval: number;
}

/** How to replace a key. */
export interface RotateApiKeyRequest {
  /** How long the old key goes on working, at most a week; an hour when absent. */
  overlap_seconds?: number | undefined;
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
  /** The one agent that the key may act as. */
  agent_id: string | null;
  /** The key that made it and whose revocation ends it. */
  parent_id: string | null;
  /** Its successor, when it was rotated. */
  replaced_by: string | null;
}

/** A new key; the only answer that ever holds the key itself. */
export interface CreatedApiKey extends ApiKey {
  api_key: string;
}

/** How much of a limit is in use. */
interface UsageOf {
  used: number;
  /** `null` is unlimited. */
  limit: number | null;
  /** Of the limit, rounded down to a tenth. */
  percent: number | null;
}

/** What the account has in use, and what its tier allows. */
export interface UsageResponse {
  tier: 'free' | 'pro' | 'promax' | 'local';
  memories: UsageOf;
  /** Distinct `agent_id` of the memories; those without one count as none. */
  agents: UsageOf;
  api_keys: UsageOf;
  /** `null` is unlimited. */
  requests_per_minute: number | null;
  /** Given at 80, 95 and 100 % of each limit, once; newest first. */
  warnings: {
    resource: 'memories' | 'agents' | 'api_keys';
    percent: number;
    limit: number;
    /** ISO 8601. */
    warned_at: string;
  }[];
  upgrade_url?: string | undefined;
}
