/** Sizes a request may have. Anything above is refused before it reaches SQL. */
export const limits = {
  /** Bytes of a request body (import streams and is exempt). */
  bodyBytes: 256 * 1024,
  /** Bytes of a memory's content as UTF-8. */
  contentBytes: 32 * 1024,
  /** Characters of a query. */
  queryCharacters: 1_000,
  /** Terms of a query after text analysis. */
  queryTerms: 64,
  /** Keys of a metadata object, counted at every level. */
  metadataKeys: 64,
  /** Levels of nesting of a metadata object. */
  metadataDepth: 32,
  /** Items a list or a recall answers at most. */
  pageItems: 100,
  /** Keys of a metadata filter. */
  filterKeys: 16,
  /** Characters of a metadata filter in a query string. */
  filterCharacters: 4_000,
  /** Queries in one recall batch. */
  batchQueries: 20,
  /** Tokens of a context block at most. */
  contextTokens: 32_000,
  /** Memories that one narrative is told from at most. */
  narratedMemories: 50,
  /** Seconds that a request may wait for a change. */
  waitSeconds: 30,
  /** Memories in one batch. */
  batchItems: 100,
  /** Mutations in one request. */
  mutations: 100,
  /** Operations of one mutation. A group of mutations that commit together stays below what a change may name. */
  mutationOps: 16,
  /** Recalls that one operation reports. */
  recallsAnOp: 1_000,
  /** Milliseconds that a client's clock may be ahead; what is beyond counts as this. */
  clockAheadMs: 60_000,
  /** Characters of agent_id, session_id, speaker and role. */
  labelCharacters: 200,
  /** Characters of an API key's name: what v1's column holds. */
  keyNameCharacters: 100,
  /** Seconds that a rotated key may go on working beside its successor: a week. */
  rotationOverlapSeconds: 604_800,
  /** Characters of an operator's reason. */
  reasonCharacters: 500,
  /** Bytes of one line of an import: a memory and its metadata, with every character escaped. */
  importLineBytes: 1024 * 1024,
  /** Characters of an Idempotency-Key. */
  idempotencyKeyCharacters: 255,
} as const;
