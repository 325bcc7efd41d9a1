import { call, expectJson } from './calls.js';
import type { Tally } from './tally.js';
import type { ProbeTenant } from './tenants.js';

/** Ways to write another's id that must all lead nowhere. */
const spellings = (id: string): string[] => [
  id,
  id.toUpperCase(),
  `${id}%20`,
  `%20${id}`,
  `${id}%00`,
  `${id.slice(0, -1)}%25`,
  `${id.slice(0, 8)}*`,
  `${id}'--`,
  `..%2f${id}`,
  encodeURIComponent(`${id}' or '1'='1`),
];

/** Guessed ids, borrowed cursors, replayed idempotency keys and fields that claim another tenant. */
export async function probeGuesses(
  origin: string,
  victim: ProbeTenant,
  attackerKey: string,
  tally: Tally,
): Promise<void> {
  for (const spelling of spellings(victim.memoryId)) {
    for (const [method, path] of [
      ['GET', `/api/v1/memories/${spelling}`],
      ['DELETE', `/api/v1/forget/${spelling}`],
    ] as const) {
      const answer = await call(origin, attackerKey, { method, path });
      tally.check(
        answer.status >= 400 && answer.status < 500,
        () => `${method} with a guessed id: ${answer.status}`,
      );
      tally.search('a guesser', answer, decodeURIComponent(path));
    }
  }
  await probeCursor(origin, victim, attackerKey, tally);
  await probeIdempotencyKey(origin, victim, attackerKey, tally);
  await probeClaims(origin, victim, attackerKey, tally);
}

async function probeCursor(
  origin: string,
  victim: ProbeTenant,
  attackerKey: string,
  tally: Tally,
): Promise<void> {
  const page = await expectJson<{ next_cursor: string | null }>(origin, victim.key, {
    method: 'GET',
    path: '/api/v1/memories?limit=1',
  });
  const path = `/api/v1/memories?limit=100&cursor=${page.next_cursor}`;
  const answer = await call(origin, attackerKey, { method: 'GET', path });
  tally.search("a borrower of another's cursor", answer);
}

/** The same key and the same body as the victim's must act for the attacker, not answer the victim's answer. */
async function probeIdempotencyKey(
  origin: string,
  victim: ProbeTenant,
  attackerKey: string,
  tally: Tally,
): Promise<void> {
  const request = {
    method: 'POST',
    path: '/api/v1/store',
    body: { content: 'the same body for both' },
    headers: { 'idempotency-key': `probe-${crypto.randomUUID()}` },
  };
  const first = await expectJson<{ id: string }>(origin, victim.key, request);
  const again = await expectJson<{ id: string }>(origin, victim.key, request);
  const other = await expectJson<{ id: string }>(origin, attackerKey, request);
  tally.check(first.id === again.id, () => 'a repeated Idempotency-Key acted twice');
  tally.check(first.id !== other.id, () => "an Idempotency-Key answered another tenant's answer");
}

/** Bodies, queries and headers that claim to be the victim. */
async function probeClaims(
  origin: string,
  victim: ProbeTenant,
  attackerKey: string,
  tally: Tally,
): Promise<void> {
  const claims = [
    { method: 'POST', path: '/api/v1/store', body: { content: 'x', user_id: victim.userId } },
    { method: 'GET', path: `/api/v1/memories?user_id=${victim.userId}` },
    { method: 'GET', path: `/api/v1/recall?q=report&tenant=${victim.userId}` },
    { method: 'GET', path: `/api/v1/stats?api_key=${victim.key}` },
  ];
  for (const request of claims) {
    const answer = await call(origin, attackerKey, request);
    tally.check(
      answer.status === 400 || answer.status === 422,
      () =>
        `${request.method} ${request.path.split('?')[0]} took a tenant from the request: ${answer.status}`,
    );
    tally.search('a claimant', answer, request.path);
  }
  for (const name of ['x-user-id', 'x-tenant-id', 'x-forwarded-user', 'x-original-url']) {
    const headers = { [name]: victim.userId };
    const answer = await call(origin, attackerKey, {
      method: 'GET',
      path: '/api/v1/memories?limit=100',
      headers,
    });
    tally.search(`a claimant by ${name}`, answer);
  }
}
