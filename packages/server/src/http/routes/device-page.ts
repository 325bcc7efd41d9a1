import { z } from 'zod';
import { devicePage as page } from '../pages/device-page.js';
import { languageOf, languageParameter } from '../pages/language.js';
import { defineRoute, TextAnswer } from '../route.js';

/** `GET /device` */
export const devicePage = defineRoute({
  method: 'GET',
  path: '/device',
  operationId: 'devicePage',
  tag: 'Sign-in',
  summary: 'The page at which a person lets a device in',
  access: 'open',
  query: z.strictObject({ lang: languageParameter }),
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
