import { z } from 'zod';
import { type ErrorCode, errorCodes } from './errors.js';

/** RFC 9457 problem details, sent as `application/problem+json` with every 4xx and 5xx. */
export const Problem = z.strictObject({
  type: z.string().describe('about:blank: the code says the kind'),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string().optional(),
  next: z.string().describe('What to do about it'),
  request_id: z.string(),
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
  limit: z.number().optional(),
  used: z.number().optional(),
  upgrade_url: z.string().optional(),
  progress: z
    .strictObject({ line: z.int(), stored: z.int(), existing: z.int() })
    .optional()
    .describe('Of an import: the line that it ended at, and what is kept of the lines before'),
});
export type Problem = z.output<typeof Problem>;
