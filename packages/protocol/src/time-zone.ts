import { z } from 'zod';

/** Zones by name, as the IANA database has them; what this runtime does not know is refused. */
export const timeZone = z
  .string()
  .min(1)
  .max(64)
  .refine(isKnown, { message: 'must be the name of a time zone, for example Asia/Seoul' })
  .describe('Name of a time zone, for example `Asia/Seoul`');

function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
