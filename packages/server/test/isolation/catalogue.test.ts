import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { catalogueRules } from './catalogue-rules.js';

describeEngines('the catalogue obeys every rule of tenancy', (engine) => {
  verifies('NFR-rls', 'F1', 'FR-01');
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  for (const [rule, query] of Object.entries(catalogueRules))
    test(rule, async () => {
      expect(await db.owner.query(query)).toEqual([]);
    });
});

/** A breach of each rule, to show that the rule notices. */
const breaches: Readonly<Record<string, string>> = {
  'every table with user_id has RLS enabled and forced':
    'alter table memories no force row level security',
  'users has RLS enabled and forced too': 'alter table users disable row level security',
  'user_id is a uuid and never null': 'create table loose (user_id text)',
  'primary keys, unique indexes and foreign keys of tenant tables lead with user_id':
    'create unique index loose on memories (session_id, user_id)',
  'every policy for the app role compares user_id and nothing else':
    'create policy loose on index_recent to stellar_app using (user_id is null)',
  'no policy is for everybody': 'create policy loose on memories using (false)',
  'every policy of a tenant table is permissive for one role and there is one a role':
    'create policy loose on memories to stellar_app using (false)',
  'the app and system roles own nothing':
    'create table loose (a int); alter table loose owner to stellar_system',
  'the app and system roles cannot truncate, reference or make triggers':
    'grant truncate on memories to stellar_app',
  'the system role has no right to memories or what is made of them':
    'grant select (content) on memories to stellar_system',
  'partitions carry no grants of their own':
    'create table loose (a int) partition by list (a); create table loose_1 partition of loose for values in (1); grant select on loose_1 to stellar_app',
  'the app role cannot make objects in the schema': 'grant create on schema public to stellar_app',
  'no function runs with its owner’s rights without a pinned search_path':
    "create function loose() returns int language sql security definer as 'select 1'",
  'there are no materialised views, and no view that reads with its owner’s rights':
    'create view loose as select 1 as a',
  'no table that the app role can read is without a policy for it':
    'create table loose (a int); grant select on loose to stellar_app',
};

describeEngines('every rule of tenancy notices its breach', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  // Roles belong to the cluster that other suites use at this moment: their rule is not broken here.
  const clusterWide = 'the app and system roles are neither superuser';
  for (const [rule, query] of Object.entries(catalogueRules)) {
    if (rule.startsWith(clusterWide)) continue;
    test(rule, async () => {
      await db.owner.exec('begin');
      await db.owner.exec(breaches[rule] ?? 'select no breach is written for this rule');
      const found = await db.owner.query(query);
      await db.owner.exec('rollback');
      expect(found).not.toEqual([]);
    });
  }
});
