import { call, expectJson } from './calls.js';
import { probeFrames } from './frames.js';
import { probeGuesses } from './guesses.js';
import { probeBadCredentials, probeOtherTenant, probeReadOnly } from './matrix.js';
import { operationsOf } from './operations.js';
import { type IsolationReport, Tally } from './tally.js';
import {
  badCredentials,
  createTenant,
  fillTenant,
  type ProbeTenant,
  type Target,
} from './tenants.js';
import { probeVolume } from './volume.js';

/** How much to ask. */
export interface ProofOptions {
  /** Answers of the attacker to search under load. */
  readonly answers: number;
  readonly onProgress?: (done: number) => void;
}

/** Attacks a running server over HTTP with two accounts of its own and reports what it saw. */
export async function proveIsolation(
  target: Target,
  { answers, onProgress }: ProofOptions,
): Promise<IsolationReport> {
  const { origin } = target;
  const victim = await fillTenant(target, 100);
  const attacker = await createTenant(target);
  const document = await expectJson<Parameters<typeof operationsOf>[0]>(origin, undefined, {
    method: 'GET',
    path: '/openapi.json',
  });
  const operations = operationsOf(document, victim);
  const tally = new Tally(victim.canaries);
  const before = await stateOf(origin, victim);

  const credentials = await badCredentials(target, attacker.key);
  await probeBadCredentials(origin, operations, credentials, tally);
  await probeOtherTenant(origin, operations, attacker.key, tally);
  await probeReadOnly(origin, operations, await readOnlyKey(origin, attacker.key), tally);
  await probeFrames(origin, victim, attacker.key, credentials, tally);
  await probeGuesses(origin, victim, attacker.key, tally);
  await probeVolume(origin, victim, attacker.key, answers, tally, onProgress);

  // The one memory that the idempotency check stored for the victim is the only change there may be.
  const after = await stateOf(origin, victim);
  tally.check(after === before + 1, () => `the victim had ${before} memories and now ${after}`);
  await checkOwner(origin, victim, tally);
  return {
    operations: operations.length,
    checks: tally.checks,
    answersSearched: tally.answersSearched,
    findings: tally.findings,
  };
}

/** The owner must see all his canaries: a probe that cannot find them would prove nothing. */
async function checkOwner(origin: string, victim: ProbeTenant, tally: Tally): Promise<void> {
  const answers = await Promise.all(
    ['/api/v1/memories?limit=100', '/api/v1/sessions', '/auth/api-keys'].map((path) =>
      call(origin, victim.key, { method: 'GET', path }),
    ),
  );
  const seen = answers.map((answer) => answer.body).join('\n');
  const shown = victim.canaries.filter((canary) => !victim.unseen.includes(canary));
  const missing = shown.filter((canary) => !seen.includes(canary));
  // The stored hundred and one memories do not all fit one page.
  tally.check(
    missing.length <= 1,
    () => `the owner does not see ${missing.length} of his canaries`,
  );
}

async function stateOf(origin: string, tenant: ProbeTenant): Promise<number> {
  const stats = await expectJson<{ total_memories: number }>(origin, tenant.key, {
    method: 'GET',
    path: '/api/v1/stats',
  });
  return stats.total_memories;
}

async function readOnlyKey(origin: string, key: string): Promise<string> {
  const made = await expectJson<{ api_key: string }>(origin, key, {
    method: 'POST',
    path: '/auth/api-keys',
    body: { name: 'read only', scopes: ['read'] },
  });
  return made.api_key;
}
