import { waitFor } from './retry.js';
import { type ClientOptions, settingsOf } from './settings.js';
import { StellarMemoryError } from './stellar-memory-error.js';
import { createTransport } from './transport.js';
import type { CreatedApiKey, DeviceRequest, DeviceResponse } from './wire.js';

/** Where the server is, and what the key is to be. */
export interface DeviceGrantOptions extends Omit<ClientOptions, 'apiKey'>, DeviceRequest {
  /** Ends the request and the waiting for its result. */
  readonly signal?: AbortSignal | undefined;
}

/** A key that was asked for, until a person with a browser has decided. */
export interface DeviceGrant {
  /** What the person types in, or compares. */
  readonly userCode: string;
  /** Where. */
  readonly verificationUrl: string;
  /** The same with the code filled in. */
  readonly verificationUrlComplete: string;
  /** Seconds for which the codes are good. */
  readonly expiresInSeconds: number;
  /** Seconds to wait before each poll; the server may make them more. */
  readonly intervalSeconds: number;
  /**
   * Asks once. `undefined`: not decided yet, wait `intervalSeconds`.
   * Errors: `access_denied`, `expired_token`; and those of the way, after which it may be asked again.
   */
  poll(): Promise<CreatedApiKey | undefined>;
  /**
   * Polls until the key is there. It is given once: keep it.
   * Errors: `access_denied` once the person said no, `expired_token` when nobody decided; the signal's reason.
   */
  result(): Promise<CreatedApiKey>;
}

/** Codes after which a poll goes on; the server and what lies before it may also be away for a moment. */
const goesOn: ReadonlySet<string> = new Set([
  'authorization_pending',
  'slow_down',
  'unavailable',
  'rate_limited',
]);
/** Seconds more between polls when the server asks for it (RFC 8628, section 3.5). */
const slowerSeconds = 5;

/**
 * Asks for a key of a person's account on a machine that has none, by way of any browser in which he is signed in.
 * Errors: `rate_limited`; those of the way.
 *
 * @example
 * ```ts
 * import { createClient, requestDeviceGrant } from '@stellar-memory/client';
 *
 * const url = 'https://memory.example.com';
 * const grant = await requestDeviceGrant({ url, name: 'kitchen robot', scopes: ['read', 'write'] });
 * console.log(`Open ${grant.verificationUrl} and type in ${grant.userCode}`);
 * const { api_key: apiKey } = await grant.result();
 * const stellar = createClient({ url, apiKey });
 * ```
 */
export async function requestDeviceGrant(options: DeviceGrantOptions = {}): Promise<DeviceGrant> {
  const { name, scopes, signal, ...where } = options;
  const send = createTransport(settingsOf(where), async () => undefined);
  const ask = async <Value>(path: string, body: object): Promise<Value> =>
    (await send<Value>({ method: 'POST', path, body }, { signal })).value;
  const asked = await ask<DeviceResponse>('/auth/device', {
    ...(name === undefined ? {} : { name }),
    ...(scopes === undefined ? {} : { scopes }),
  });
  let intervalSeconds = asked.interval;
  const poll = async (): Promise<CreatedApiKey | undefined> => {
    try {
      return await ask('/auth/device/token', { device_code: asked.device_code });
    } catch (error) {
      if (!(error instanceof StellarMemoryError) || !goesOn.has(error.code)) throw error;
      if (error.code === 'slow_down') intervalSeconds += slowerSeconds;
      return undefined;
    }
  };
  return {
    userCode: asked.user_code,
    verificationUrl: asked.verification_uri,
    verificationUrlComplete: asked.verification_uri_complete,
    expiresInSeconds: asked.expires_in,
    get intervalSeconds() {
      return intervalSeconds;
    },
    poll,
    async result() {
      for (;;) {
        await waitFor(intervalSeconds * 1_000, signal);
        const key = await poll();
        if (key !== undefined) return key;
      }
    },
  };
}
