/** Tables of v1.0.0; any of them may be missing, since v1 made them when it first needed them. */
export const legacyTables = ['users', 'api_keys', 'subscription_events', 'memories'] as const;

/** Name of a v1 table. */
export type LegacyTable = (typeof legacyTables)[number];

/** Columns that a table must have to be v1.0.0's. */
export const v1Columns: Readonly<Record<LegacyTable, readonly string[]>> = {
  users: [
    'id',
    'email',
    'tier',
    'provider',
    'provider_customer_id',
    'provider_subscription_id',
    'billing_key',
    'created_at',
    'updated_at',
  ],
  api_keys: [
    'id',
    'user_id',
    'key_hash',
    'key_prefix',
    'name',
    'is_active',
    'last_used_at',
    'created_at',
  ],
  subscription_events: [
    'id',
    'user_id',
    'provider',
    'event_type',
    'tier',
    'amount_cents',
    'currency',
    'raw_data',
    'created_at',
  ],
  memories: [
    'id',
    'content',
    'created_at',
    'last_recalled_at',
    'recall_count',
    'arbitrary_importance',
    'zone',
    'metadata',
    'total_score',
    'encrypted',
    'source_type',
    'source_url',
    'ingested_at',
    'vector_clock',
    'embedding',
  ],
};
