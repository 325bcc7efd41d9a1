import { randomBytes } from 'node:crypto';
import { call, expectJson } from './calls.js';
import type { Belongings } from './operations.js';

/** A server to examine, and the operator's token to make accounts with. */
export interface Target {
  readonly origin: string;
  readonly adminToken: string;
  /** Pays at a checkout of the server's. Absent where nothing is sold. */
  readonly pay?: (checkoutUrl: string) => Promise<void>;
}

/** An account of the probe. */
export interface ProbeTenant extends Belongings {
  readonly key: string;
  /** Random words that stand in every field of this tenant; found with anyone else they prove a leak. */
  readonly canaries: readonly string[];
  /** Those of them that not even he is shown again. */
  readonly unseen: readonly string[];
}

const canary = (): string => `canary${randomBytes(9).toString('hex')}`;

/** Makes an account. */
export async function createTenant(target: Target): Promise<{ userId: string; key: string }> {
  const email = `probe-${randomBytes(6).toString('hex')}@example.com`;
  const user = await expectJson<{ user_id: string; api_key: string }>(
    target.origin,
    target.adminToken,
    { method: 'POST', path: '/admin/users', body: { email, tier: 'promax' } },
  );
  return { userId: user.user_id, key: user.api_key };
}

const marks = [
  'content',
  'key',
  'value',
  'agent',
  'session',
  'speaker',
  'role',
  'keyName',
] as const;

/** Fills an account with memories that carry canaries in every field. */
export async function fillTenant(target: Target, memories: number): Promise<ProbeTenant> {
  const { userId, key } = await createTenant(target);
  const mark = Object.fromEntries(marks.map((name) => [name, canary()])) as Record<
    (typeof marks)[number],
    string
  >;
  const items = Array.from({ length: memories }, (_, number) => ({
    content: `Remember ${mark.content} for the quarterly report number ${number}`,
    importance: (number % 10) / 10,
    metadata: { [mark.key]: mark.value },
    agent_id: mark.agent,
    session_id: mark.session,
    speaker: mark.speaker,
    role: mark.role,
  }));
  // A UUID, so that the probe knows how to ask for one that is not there.
  const conversation = await expectJson<{ session_id: string }>(target.origin, key, {
    method: 'POST',
    path: '/api/v1/sessions',
    body: {},
  });
  const ids: string[] = [];
  for (let at = 0; at < items.length; at += 50) {
    const stored = await expectJson<{ items: { id: string }[] }>(target.origin, key, {
      method: 'POST',
      path: '/api/v1/store/batch',
      body: { memories: items.slice(at, at + 50) },
    });
    ids.push(...stored.items.map((item) => item.id));
  }
  // So that it has a history, with canaries in it.
  await expectJson(target.origin, key, {
    method: 'PATCH',
    path: `/api/v1/memories/${ids[0]!}`,
    body: { metadata: { [mark.key]: mark.value, edited: true } },
  });
  // So that something can be restored, by its owner only.
  const forgotten = ids.at(-1)!;
  await expectJson(target.origin, key, { method: 'DELETE', path: `/api/v1/forget/${forgotten}` });
  const made = await expectJson<{ id: string }>(target.origin, key, {
    method: 'POST',
    path: '/auth/api-keys',
    body: { name: mark.keyName, scopes: ['read'] },
  });
  const purchase = target.pay === undefined ? [] : [await buy(target, key)];
  return {
    userId,
    key,
    memoryId: ids[0]!,
    forgottenId: forgotten,
    apiKeyId: made.id,
    words: mark.content,
    sessionId: conversation.session_id,
    canaries: [
      ...Object.values(mark),
      ...ids,
      userId,
      made.id,
      conversation.session_id,
      ...purchase,
    ],
    unseen: [userId, ...purchase],
  };
}

/** Buys a plan, so that there is one that others must not see. Answers the address of the checkout, which is a secret. */
async function buy({ origin, pay }: Target, key: string): Promise<string> {
  const { url } = await expectJson<{ url: string }>(origin, key, {
    method: 'POST',
    path: '/billing/lemonsqueezy/checkout',
    body: { tier: 'promax' },
  });
  await pay!(url);
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const request = { method: 'GET', path: '/billing/subscription' };
    const held = await expectJson<{ subscription: object | null }>(origin, key, request);
    if (held.subscription !== null) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('What was bought did not arrive within ten seconds.');
}

/** Credentials that must open nothing, by what is wrong with them. */
export async function badCredentials(
  target: Target,
  key: string,
): Promise<Map<string, string | undefined>> {
  const create = (body: object): Promise<{ id: string; api_key: string }> =>
    expectJson(target.origin, key, { method: 'POST', path: '/auth/api-keys', body });
  const revoked = await create({ name: 'to be revoked' });
  await expectJson(target.origin, key, { method: 'DELETE', path: `/auth/api-keys/${revoked.id}` });
  const expired = await create({
    name: 'to expire',
    expires_at: new Date(Date.now() + 1_500).toISOString(),
  });
  await untilRefused(target.origin, expired.api_key);
  await untilRefused(target.origin, revoked.api_key);
  return new Map([
    ['none', undefined],
    ['malformed', 'sm_live_short'],
    ['wrong checksum', `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`],
    ['v1 form, unknown', `sk-stellar-${randomBytes(16).toString('hex')}`],
    ['revoked', revoked.api_key],
    ['expired', expired.api_key],
  ]);
}

/** Milliseconds for what the server does in its own time. */
const patienceMs = 10_000;

/** Resolves when the key is refused; a key that is still good after ten seconds is an error. */
async function untilRefused(origin: string, key: string): Promise<void> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const { status } = await call(origin, key, { method: 'GET', path: '/api/v1/stats' });
    if (status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('A revoked or expired key still opens its account after ten seconds.');
}
