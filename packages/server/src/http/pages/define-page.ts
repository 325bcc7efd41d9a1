import { z } from 'zod';
import { defineRoute, type Route, TextAnswer } from '../route.js';
import { type Language, languageOf, languageParameter } from './language.js';
import type { Page } from './page.js';

/** What every page takes. */
export const pageParameters = z.strictObject({ lang: languageParameter });

/** A page for people, as a route serves it. */
export interface PageRoute {
  readonly path: `/${string}`;
  readonly operationId: string;
  readonly tag: Route['tag'];
  readonly summary: string;
  readonly page: Page;
  /** `pageParameters`, or those and more. */
  readonly query: z.ZodType<{ readonly lang?: Language | undefined }>;
}

/** Defines the route of a page: open to everybody, in the language that is asked for. */
export const definePage = ({ page, query, ...described }: PageRoute): Route =>
  defineRoute({
    ...described,
    method: 'GET',
    access: 'open',
    query,
    success: {
      status: 200,
      description: 'HTML in English or Korean.',
      schema: z.string(),
      contentType: 'text/html; charset=utf-8',
      headers: { 'content-security-policy': page.policy },
    },
    handler: ({ acceptLanguage }, { query: { lang } }) =>
      new TextAnswer(page.markup[languageOf(lang, acceptLanguage)]),
  });
