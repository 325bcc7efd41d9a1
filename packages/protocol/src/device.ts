import { z } from 'zod';
import { scopes } from './account.js';
import { limits } from './limits.js';
import { label } from './text.js';

/** Letters of a code that a person types in: no vowels, so that they make no words, and none that look alike. */
export const userCodeLetters = 'BCDFGHJKLMNPQRSTVWXZ';

const scopeList = z.array(z.enum(scopes)).min(1).max(scopes.length);

/** `POST /auth/device` */
export const DeviceRequest = z.strictObject({
  name: label.max(limits.keyNameCharacters).default('Unnamed device').describe('Of the device'),
  scopes: scopeList
    .default([...scopes])
    .describe('What the key is to be allowed; shown to who decides'),
});
export type DeviceRequest = z.output<typeof DeviceRequest>;

export const DeviceResponse = z.strictObject({
  device_code: z.string().describe('For the device alone: it polls with it'),
  user_code: z.string().describe('For a person to type in'),
  verification_uri: z.url().describe('Where to type it in'),
  verification_uri_complete: z.url().describe('The same, with the code filled in'),
  expires_in: z.int().describe('Seconds'),
  interval: z.int().describe('Seconds to wait between polls'),
});
export type DeviceResponse = z.output<typeof DeviceResponse>;

/** `POST /auth/device/token` */
export const DeviceTokenRequest = z.strictObject({
  device_code: z.string().min(1).max(200),
});
export type DeviceTokenRequest = z.output<typeof DeviceTokenRequest>;

const userCode = z
  .string()
  .max(20)
  .transform((text) => text.toUpperCase().replaceAll(/[\s-]/g, ''))
  .pipe(z.string().regex(new RegExp(`^[${userCodeLetters}]{8}$`), 'must be 8 letters'))
  .meta({ description: 'As the device shows it' });

/** `POST /auth/device/inspect` */
export const InspectDeviceRequest = z.strictObject({ user_code: userCode });

export const InspectDeviceResponse = z.strictObject({
  name: z.string().describe('As the device names itself'),
  scopes: scopeList,
  requested_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
});
export type InspectDeviceResponse = z.output<typeof InspectDeviceResponse>;

/** `POST /auth/device/decide` */
export const DecideDeviceRequest = z.strictObject({ user_code: userCode, grant: z.boolean() });
export type DecideDeviceRequest = z.output<typeof DecideDeviceRequest>;

export const DecideDeviceResponse = z.strictObject({ granted: z.boolean() });
