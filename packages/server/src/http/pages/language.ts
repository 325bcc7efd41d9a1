import { z } from 'zod';

/** Languages that the pages for people are in. */
export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

/** A text in every language. */
export type Text = Readonly<Record<Language, string>>;

/** The parameter by which a reader chooses; every page takes it. */
export const languageParameter = z
  .enum(languages)
  .optional()
  .describe('Default: what the browser asks for');

/** The language to answer in: what was chosen, else the first that the browser names and we have, else English. */
export function languageOf(
  chosen: Language | undefined,
  acceptLanguage: string | undefined,
): Language {
  if (chosen !== undefined) return chosen;
  const asked = (acceptLanguage ?? '').split(',').map((range) => range.trim().slice(0, 2));
  return languages.find((language) => language === asked.find(isOurs)) ?? 'en';
}

const isOurs = (tag: string): boolean => (languages as readonly string[]).includes(tag);
