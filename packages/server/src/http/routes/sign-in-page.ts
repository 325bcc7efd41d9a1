import { z } from 'zod';
import { languageOf, languageParameter } from '../pages/language.js';
import { signInPage as page, pagesBehindSignIn } from '../pages/sign-in-page.js';
import { defineRoute, TextAnswer } from '../route.js';

/** `GET /sign-in` */
export const signInPage = defineRoute({
  method: 'GET',
  path: '/sign-in',
  operationId: 'signInPage',
  tag: 'Sign-in',
  summary: 'The page at which a person signs in',
  access: 'open',
  query: z.strictObject({
    lang: languageParameter,
    next: z.enum(pagesBehindSignIn).optional().describe('Where to go afterwards'),
  }),
  success: {
    status: 200,
    description: 'HTML in English or Korean.',
    schema: z.string(),
    contentType: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': page.policy },
  },
  handler: ({ acceptLanguage }, { query }) =>
    new TextAnswer(page.markup[languageOf(query.lang, acceptLanguage)]),
});
