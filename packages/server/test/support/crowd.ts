import { randomUUID } from 'node:crypto';
import type { TestDatabase } from './engines.js';

/**
 * Rows of many tenants in every table that a recall reads, so that reading all of them would show; a hundred tenants,
 * those that are there already included, have memories.
 */
export async function fillCrowd(db: TestDatabase): Promise<void> {
  const others = Array.from({ length: 99 }, () => randomUUID());
  const fill = (text: string): Promise<void> => db.owner.exec(text);
  await fill(`insert into users (id, email, tier)
    select id::uuid, id || '@example.com', 'free' from unnest(array['${others.join("','")}']) as id`);
  await fill(`insert into index_recent (user_id, doc, entry)
    select id, doc, decode(repeat('00', 100), 'hex') from users, generate_series(1, 100) as doc`);
  await fill(`insert into index_blocks (user_id, block, part, data)
    select id, block, 0, decode(repeat('00', 100), 'hex') from users, generate_series(1, 100) as block`);
  await fill(`insert into index_dead (user_id, version, doc)
    select id, doc, doc from users, generate_series(1, 100) as doc`);
  await fill(`insert into memories (user_id, id, doc, content, created_at, last_recalled_at, updated_at,
           recall_count, arbitrary_importance, zone, total_score, metadata)
    select id, doc::text, doc, 'x', 1, 1, 1, 0, 0.5, 4, 0, '{}' from users, generate_series(1, 100) as doc`);
  await fill(`insert into memory_recalls (user_id, memory_id, recall_count, last_recalled_at)
    select user_id, id, 1, 1 from memories`);
  await fill(`insert into users (id, email, tier)
    select gen_random_uuid(), n || '@example.com', 'free' from generate_series(1, 2000) as n`);
  await fill(`insert into tenant_usage (user_id) select id from users on conflict do nothing`);
  await fill(`insert into index_states (user_id, next_segment) select id, 4 from users`);
  await fill('analyze');
}
