import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectTenantTables } from '../../src/storage/statements/erasures.system.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { type LeavingNode, startLeavingNode } from './leaving-node.js';
import { seedTables } from './seed-tables.js';

/** Tables whose rows the two exports tell, and a text that is there when they do; absent: a word from the table's row. */
const exported: Readonly<Record<string, RegExp | undefined>> = {
  users: /"email":"exporter@example.com"/,
  memories: /"type":"memory"[^\n]*canarymemory/,
  memory_recalls: /"recall_count":41,"last_recalled_at":1764000041/,
  memory_versions: undefined,
  memory_links: undefined,
  memory_sessions: undefined,
  forgotten_memories: undefined,
  agents: /"type":"agent"[^\n]*canaryagent/,
  api_keys: /"type":"key"[^\n]*canarykeyname/,
  sessions: /"type":"session","data":{"id":/,
  subscriptions: undefined,
  subscription_events: undefined,
  operator_actions: undefined,
  audit_log: /"action":"key.created"/,
  tenant_usage: /"type":"usage","data":{[^\n]*"forget_after_days":77/,
  usage_warnings: /"type":"warning","data":{[^\n]*"resource":"[a-z_]+"/,
};

/** Tables that no export tells, and why that loses nothing. */
const leftOut: Readonly<Record<string, string>> = {
  index_blocks: 'made from the contents',
  index_dead: 'made from the contents',
  index_recent: 'made from the contents',
  index_states: 'made from the contents',
  memory_identities: 'hashes of the contents, and how often each was stored',
  memory_vectors: 'made from the contents by the embedder',
  orbit_rises: 'written into the memory by the next sweep',
  changes: 'ids of memories that changed, for readers of this server alone',
  tenant_sync: 'where the feed of this server stands',
  tombstones: 'ids of what was forgotten, for replicas of this server alone',
  mutations: 'answers that a replica may ask for again',
  idempotency: 'answers of the last day that a client may ask for again',
  agent_leases: 'who is connected at this moment',
  rate_debts: 'what was charged in the last minute',
  sync_tickets: 'hashes of tickets that live a minute',
  device_grants: 'hashes of codes that live minutes',
  checkout_nonces: 'hashes of nonces; what was bought is in subscriptions',
  audit_heads: 'the last hash of the audit log, which is in its last row',
  erasures: 'only of a closed account, which exports nothing',
};

const wordOf = (table: string): string => `canary${table.replaceAll('_', '')}`;

describeEngines('what an account takes along', (engine) => {
  let db: TestDatabase;
  let node: LeavingNode;
  beforeAll(async () => {
    db = await engine.open();
    node = await startLeavingNode(db);
  }, 120_000);
  afterAll(async () => {
    await node.close();
    await db.close();
  });

  test('is every row that is his, or is listed with the reason why not', async () => {
    const browser = await node.signIn('exporter@example.com');
    const made = await node.call('POST', '/auth/api-keys', browser, { name: 'canarykeyname' });
    const key = { 'x-api-key': (made.json as { api_key: string }).api_key };
    const stored = await node.call('POST', '/api/v1/store', key, {
      content: 'canarymemory',
      agent_id: 'canaryagent',
    });
    const { id } = stored.json as { id: string };
    await node.call('POST', '/api/v1/sync/ticket', key, { origin: 'https://app.example.com' });
    const [user] = await db.owner.query<{ id: string }>(
      `select id from users where email = 'exporter@example.com'`,
    );
    await db.owner.exec(`
      insert into memory_recalls (user_id, memory_id, recall_count, last_recalled_at)
      values ('${user!.id}', '${id}', 41, 1764000041);
      update tenant_usage set forget_after_days = 77 where user_id = '${user!.id}'`);
    await seedTables(db, user!.id, wordOf);

    const memories = await node.call('GET', '/api/v1/export', key);
    const account = await node.call('GET', '/auth/account/export', key);
    expect([memories.status, account.status]).toEqual([200, 200]);
    const taken = memories.text + account.text;
    const missing = (tables: readonly string[]): string[] =>
      tables.filter((name) => {
        if (name in leftOut) return name in exported;
        if (!(name in exported)) return true;
        return !(exported[name] ?? new RegExp(wordOf(name))).test(taken);
      });
    const tables = (await db.system.asSystem(selectTenantTables)).map(({ name }) => name);
    expect(tables.length).toBeGreaterThan(25);
    expect(missing(['users', ...tables])).toEqual([]);
    expect(taken).toContain('"type":"end"');
    // A table that comes later and is neither told nor listed is found.
    expect(missing([...tables, 'stray'])).toEqual(['stray']);
  });
});
