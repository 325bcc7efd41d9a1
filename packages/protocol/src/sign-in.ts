import { z } from 'zod';
import { email } from './account.js';

const moment = z.iso.datetime().describe('ISO 8601, UTC');

/** `POST /auth/register` */
export const RegisterRequest = z.strictObject({ email });
export type RegisterRequest = z.output<typeof RegisterRequest>;

export const RegisterResponse = z.strictObject({
  request: z.uuid().describe('To be sent with the code, by who asked'),
  expires_at: moment.describe('The code is of no use from then on'),
});
export type RegisterResponse = z.output<typeof RegisterResponse>;

/** `POST /auth/verify` */
export const VerifyRequest = z.strictObject({
  request: z.uuid().lowercase(),
  code: z
    .string()
    .max(20)
    .transform((text) => text.replaceAll(/[\s-]/g, ''))
    .pipe(z.string().regex(/^\d{8}$/, 'must be 8 digits'))
    .meta({ description: 'The 8 digits of the e-mail' }),
});
export type VerifyRequest = z.output<typeof VerifyRequest>;

export const VerifyResponse = z.strictObject({
  user_id: z.uuid(),
  email: z.string(),
  created: z.boolean().describe('Whether the account was made just now'),
});
export type VerifyResponse = z.output<typeof VerifyResponse>;

/** A browser that is signed in. */
export const Session = z.strictObject({
  id: z.uuid(),
  user_agent: z.string().nullable().describe('As the browser names itself'),
  created_at: moment,
  expires_at: moment,
  current: z.boolean().describe('Whether it is the one that asks'),
});
export type Session = z.output<typeof Session>;

/** `GET /auth/sessions` */
export const SessionList = z.strictObject({ items: z.array(Session) });
