import { z } from 'zod';

/** What the text of a memory is, by its form. */
export const contentType = z
  .enum(['text', 'json', 'code'])
  .describe('What the text is, told by its form');
export type ContentType = z.output<typeof contentType>;
