import { z } from 'zod';
import { epochSeconds, Memory, pageLimit } from './memory.js';
import { storedMetadata } from './metadata.js';
import { storableText } from './text.js';

/** Why what a memory said is no longer what it says. */
export const versionReasons = ['edited', 'overwritten', 'merged'] as const;

/** `GET /api/v1/memories/{id}/history`: the newest first. */
export const HistoryQuery = z.strictObject({
  limit: pageLimit(20),
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'must be a cursor that this server gave')
    .optional(),
});
export type HistoryQuery = z.output<typeof HistoryQuery>;

/** What a memory said before an edit. */
const MemoryVersion = z.strictObject({
  version: z.int().min(1).describe('1 is what was stored; numbers are never used again'),
  content: z.string(),
  metadata: storedMetadata,
  importance: z.number(),
  replaced_at: epochSeconds.describe('Until when it said so, in seconds since the Unix epoch'),
  reason: z
    .enum(versionReasons)
    .describe(
      '`edited`: changed by PATCH; `overwritten`: lost to another device’s edit; `merged`: a near duplicate said more',
    ),
});

export const HistoryResponse = z.strictObject({
  items: z.array(MemoryVersion),
  next_cursor: z.string().nullable(),
});
export type HistoryResponse = z.output<typeof HistoryResponse>;

/** `DELETE /api/v1/forget/{id}` */
export const ForgetQuery = z.strictObject({
  permanent: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .transform((text) => text === 'true')
    .describe('Erases at once: it cannot be restored. Also erases what was forgotten before.'),
});

/** `GET /api/v1/forgotten`: the latest first. */
export const ForgottenQuery = z.strictObject({
  limit: pageLimit(50),
  cursor: storableText.min(1).max(1_024).optional(),
});
export type ForgottenQuery = z.output<typeof ForgottenQuery>;

/** A memory that can be restored, as it was. */
export const ForgottenMemory = Memory.extend({
  forgotten_at: epochSeconds,
  restorable_until: epochSeconds.describe('When it is erased, in seconds since the Unix epoch'),
  reason: z
    .enum(['asked', 'automatic'])
    .describe('`asked`: you forgot it; `automatic`: the rules of your settings did'),
});
export type ForgottenMemory = z.output<typeof ForgottenMemory>;

export const ForgottenResponse = z.strictObject({
  items: z.array(ForgottenMemory),
  next_cursor: z.string().nullable(),
});
export type ForgottenResponse = z.output<typeof ForgottenResponse>;

const duplicates = z
  .enum(['keep', 'link', 'merge'])
  .describe(
    '`keep`: whatever is stored is another memory. `link`: a text that is stored again by the same agent, and says nothing else of conversation, speaker, role and time, is merged into the memory that has it; what nearly says the same is linked with it. `merge`: that is merged too, where one of the two has all the words of the other. What contradicts a memory is linked with it, never merged',
  );

const days = z.int().min(1).max(3_650);

const forgetAfterDays = days
  .nullable()
  .describe(
    'Days without a recall after which a memory that lies in the cloud and is not pinned is forgotten by itself, from a day after you said so; restorable like any other. `null`: never',
  );

/** `GET /api/v1/settings` */
export const Settings = z.strictObject({ duplicates, forget_after_days: forgetAfterDays });
export type Settings = z.output<typeof Settings>;

/** `PATCH /api/v1/settings`: what is absent stays. */
export const SettingsPatch = z
  .strictObject({
    duplicates: duplicates.optional(),
    forget_after_days: forgetAfterDays.optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, { message: 'must change something' });
export type SettingsPatch = z.output<typeof SettingsPatch>;

/** `POST /api/v1/forgetting/preview` */
export const ForgettingPreviewRequest = z.strictObject({ after_days: days.optional() });
export type ForgettingPreviewRequest = z.output<typeof ForgettingPreviewRequest>;

export const ForgettingPreview = z.strictObject({
  after_days: z.int().describe('By which it was looked'),
  count: z.int().min(0).describe('Memories that would be forgotten now'),
  counted_all: z.boolean().describe('Whether there are no more than were counted'),
  items: z.array(Memory).describe('The longest idle first'),
});
export type ForgettingPreview = z.output<typeof ForgettingPreview>;
