import { DeviceRequest, DeviceTokenRequest } from '@stellar-memory/protocol';
import { describe, expect, test } from 'vitest';
import { requestDeviceGrant } from '../src/index.js';
import { type FakeServer, json, problem, type Reaction, startFake } from './support/fake-server.js';

const codes = {
  device_code: 'q0k3',
  user_code: 'BCDF-GHJK',
  verification_uri: 'https://memory.example.com/device',
  verification_uri_complete: 'https://memory.example.com/device#BCDF-GHJK',
  expires_in: 600,
  interval: 0,
};
const key = { id: 'one', api_key: 'sm_live_of_the_device' };

const grantOf = async (...polls: Reaction[]) => {
  const fake = await startFake(json(codes), ...polls);
  const grant = await requestDeviceGrant({ url: fake.url, name: 'robot', scopes: ['read'] });
  return { fake, grant };
};
const pathsOf = ({ requests }: FakeServer): string[] => requests.map(({ path }) => path);

describe('a key by way of a browser', () => {
  test('is asked for without one, and shows what a person needs', async () => {
    const { fake, grant } = await grantOf();
    expect(grant).toMatchObject({
      userCode: 'BCDF-GHJK',
      verificationUrl: codes.verification_uri,
      verificationUrlComplete: codes.verification_uri_complete,
      expiresInSeconds: 600,
      intervalSeconds: 0,
    });
    const [asked] = fake.requests;
    expect(asked).toMatchObject({ method: 'POST', path: '/auth/device' });
    expect(asked!.headers.authorization).toBeUndefined();
    expect(asked!.body).toEqual({ name: 'robot', scopes: ['read'] });
    expect(DeviceRequest.safeParse(asked!.body).success).toBe(true);
  });

  test('is polled for until the person has decided', async () => {
    const pending = problem('authorization_pending');
    const { fake, grant } = await grantOf(pending, problem('unavailable'), pending, json(key));
    expect(await grant.result()).toEqual(key);
    expect(pathsOf(fake)).toEqual(['/auth/device', ...Array<string>(4).fill('/auth/device/token')]);
    expect(fake.requests.at(-1)!.body).toEqual({ device_code: 'q0k3' });
    expect(DeviceTokenRequest.safeParse(fake.requests.at(-1)!.body).success).toBe(true);
  });

  test('is polled for more slowly when the server says so', async () => {
    const { grant } = await grantOf(problem('slow_down'), json(key));
    expect(await grant.poll()).toBeUndefined();
    expect(grant.intervalSeconds).toBe(5);
    expect(await grant.poll()).toEqual(key);
  });

  test.each(['access_denied', 'expired_token'] as const)('ends with %s', async (code) => {
    const { fake, grant } = await grantOf(problem(code));
    await expect(grant.result()).rejects.toMatchObject({ code });
    expect(fake.requests).toHaveLength(2);
  });

  test('is given up with the signal', async () => {
    const fake = await startFake(json({ ...codes, interval: 3_600 }));
    const leaving = new AbortController();
    const grant = await requestDeviceGrant({ url: fake.url, signal: leaving.signal });
    const result = grant.result();
    leaving.abort(new Error('gave up'));
    await expect(result).rejects.toThrow('gave up');
    expect(fake.requests).toHaveLength(1);
  });
});
