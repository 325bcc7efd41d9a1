import { z } from 'zod';
import { limits } from './limits.js';

const encoder = new TextEncoder();

/** Bytes of the text as UTF-8. */
export const utf8Bytes = (text: string): number => encoder.encode(text).length;

/**
 * Why Postgres could not keep this text byte for byte, or `undefined` if it can.
 * NUL is refused by the database; a lone surrogate would be replaced by U+FFFD without a word.
 */
export function textProblem(text: string): string | undefined {
  if (text.includes('\u0000')) return 'must not contain NUL (U+0000)';
  if (!isWellFormed(text)) return 'must not contain lone surrogates';
  return undefined;
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const isWellFormed = (text: string): boolean => !loneSurrogate.test(text);

/** Text that the database keeps byte for byte. */
export const storableText = z.string().superRefine((text, context) => {
  const problem = textProblem(text);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

/** A short name: agent, session, speaker, role. */
export const label = storableText.min(1).max(limits.labelCharacters);
