import type { Migration } from './migration-files.js';
import type { RunOptions } from './run-migration.js';
import { runStep } from './run-step.js';

/**
 * What the way back of the legacy window refuses anyway, asked before anything newer is taken back: a refusal
 * changes nothing. Without the force the owner sees every counter.
 */
const text = `
  alter table tenant_usage no force row level security;
  do $$
  declare
    storing uuid[] := array(
      select user_id from tenant_usage where zone_0 + zone_1 + zone_2 + zone_3 + zone_4 > 0);
  begin
    if cardinality(storing) > 1
       or storing[1] <> (select legacy_owner from legacy_adoption) then
      raise exception 'Accounts besides the legacy owner store memories (% in all): v1 would show them to everybody.',
        cardinality(storing)
        using hint = 'Export and delete those accounts first, or stay on this version.';
    end if;
  end $$;
  alter table tenant_usage force row level security`;

/** Refuses a way back into the legacy window while several accounts store. */
export async function assertOneOwner(
  doomed: readonly Migration[],
  { connection, onProgress, lockTimeoutMs, lockAttempts }: RunOptions,
): Promise<void> {
  const window = doomed.find(({ afterLegacyWindow }) => afterLegacyWindow);
  if (window === undefined || window === doomed[0]) return;
  await runStep(
    { kind: 'transaction', title: 'whether there is one owner', text },
    { connection, onProgress, lockTimeoutMs, lockAttempts, name: window.name, note: 'select' },
  );
}
