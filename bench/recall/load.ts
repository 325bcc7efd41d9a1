import { setImmediate } from 'node:timers/promises';
import pg from 'pg';
import { progressBar } from '../../packages/server/src/cli/progress-bar.js';
import type { UserId } from '../../packages/server/src/domain/ids.js';
import { defaultMergePolicy } from '../../packages/server/src/recall/index/merge-policy.js';
import { mergeTenant } from '../../packages/server/src/recall/index/merge-tenant.js';
import type { LexicalIndex } from '../../packages/server/src/recall/lexical-index.js';
import type { NewMemory } from '../../packages/server/src/storage/statements/memories.js';
import { newLeavesAt } from '../../packages/server/src/storage/statements/orbits.js';
import type { TenantDoor } from '../../packages/server/src/storage/tenant-door.js';
import { newMemory } from '../harness/fill.js';
import { seeded } from '../harness/texts.js';

/** Memories that are written at once. */
const chunk = 4_096;
/** Left unmerged: about what a tenant has between two merges. */
const recent = 256;
const koreanEvery = 5;

/** Merges as small as a server makes them, so that postings are rewritten as often. */
const policy = { ...defaultMergePolicy, recentAtOnce: defaultMergePolicy.recentDocuments };

/** Where memories go. */
export interface LoadTarget {
  /** As the superuser of the bench. */
  readonly ownerUrl: string;
  /** As the app role: the index is built by the product's own merges. */
  readonly tenants: TenantDoor;
  readonly index: Pick<LexicalIndex, 'encode'>;
}

/** An account and how many memories it gets. */
export interface Load {
  readonly user: UserId;
  readonly memories: number;
}

/**
 * Rows behind the doors, without triggers and foreign keys, of five agents and a hundred topics, and the index by
 * merges.
 */
export async function loadTenants(
  { ownerUrl, tenants, index }: LoadTarget,
  loads: readonly Load[],
): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const progress = startProgress(loads.reduce((sum, { memories }) => sum + memories, 0));
  try {
    await owner.query('set session_replication_role = replica');
    for (const { user, memories } of loads) {
      const next = batches(index, memories);
      for (let from = 0, batch = next(); batch.length > 0; ) {
        const size = batch.length;
        // The next batch is made while the database takes this one in.
        [, batch] = await Promise.all([writeRows(owner, user, from, batch), afterwards(next)]);
        from += size;
        if (batch.length > 0) await merge(tenants, user, index);
        progress.add(size);
      }
    }
    await owner.query('set session_replication_role = origin');
    await owner.query('vacuum analyze');
    // Else what was loaded is written out while others are measured: 12–27 ms p99 instead of 2.
    await owner.query('checkpoint');
  } finally {
    progress.end();
    await owner.end();
  }
}

/** Makes a tenant's memories, a batch at each call, and none at the end. */
function batches(index: LoadTarget['index'], memories: number): () => NewMemory[] {
  const random = seeded(memories);
  let from = 0;
  return () => {
    const left = memories - from;
    const count = left > recent ? Math.min(chunk, left - recent) : left;
    from += count;
    return Array.from({ length: count }, (_, at) => numbered(index, random, from - count + at));
  };
}

/** Of one agent of five and one topic of a hundred, so that filters have something to tell apart. */
const numbered = (index: LoadTarget['index'], random: () => number, number: number): NewMemory =>
  newMemory(index, random, number, koreanEvery, {
    agentId: `agent-${number % 5}`,
    metadata: { topic: number % 100 },
  });

/** Runs it when what was begun is on its way. */
async function afterwards<Result>(work: () => Result): Promise<Result> {
  await setImmediate();
  return work();
}

async function merge(tenants: TenantDoor, user: UserId, index: LoadTarget['index']): Promise<void> {
  const encode = index.encode.bind(index);
  while ((await mergeTenant(tenants, user, { encode, policy })) === 'merged in part');
}

async function writeRows(
  owner: pg.Client,
  user: UserId,
  from: number,
  batch: readonly NewMemory[],
): Promise<void> {
  await owner.query(
    `insert into memories (user_id, id, doc, content, created_at, last_recalled_at, updated_at, occurred_at, zone,
                           total_score, session_id, speaker, leaves_at, agent_id, metadata)
     select $1, id, $2 + n - 1, content, at, at, at, at, 4, 0.1, session, speaker, leaves,
            agent, metadata
       from unnest($3::text[], $4::text[], $5::float8[], $6::text[], $7::text[], $8::float8[], $9::text[], $10::jsonb[])
            with ordinality as made (id, content, at, session, speaker, leaves, agent, metadata, n)`,
    [
      user,
      from,
      batch.map(({ id }) => id),
      batch.map(({ content }) => content),
      batch.map(({ createdAt }) => createdAt),
      batch.map(({ sessionId }) => sessionId),
      batch.map(({ speaker }) => speaker),
      batch.map(newLeavesAt),
      batch.map(({ agentId }) => agentId),
      batch.map(({ metadata }) => JSON.stringify(metadata)),
    ],
  );
  await owner.query(
    `insert into index_recent (user_id, doc, entry)
     select $1, $2 + n - 1, entry from unnest($3::bytea[]) with ordinality as made (entry, n)`,
    [user, from, batch.map(({ entry }) => Buffer.from(entry))],
  );
  await owner.query(
    `update tenant_usage set next_doc = next_doc + $2, zone_4 = zone_4 + $2, version = version + 1
      where user_id = $1`,
    [user, batch.length],
  );
}

/** Says on stderr how far it is, each second: a bar that moves on a terminal, lines elsewhere. */
function startProgress(total: number): { add(memories: number): void; end(): void } {
  const begun = performance.now();
  const [start, end, everyMs] = process.stderr.isTTY ? ['\r', '', 1_000] : ['', '\n', 15_000];
  let done = 0;
  let told = begun;
  const tell = (): void => {
    told = performance.now();
    process.stderr.write(
      `${start}${progressBar(done, total, 'memories', (told - begun) / 1_000)}${end}`,
    );
  };
  return {
    add(memories) {
      done += memories;
      if (performance.now() - told >= everyMs) tell();
    },
    end() {
      tell();
      if (process.stderr.isTTY) process.stderr.write('\n');
    },
  };
}
