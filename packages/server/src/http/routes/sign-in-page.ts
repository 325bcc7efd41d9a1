import { z } from 'zod';
import { definePage, pageParameters } from '../pages/define-page.js';
import { signInPage as page, pagesBehindSignIn } from '../pages/sign-in-page.js';

/** `GET /sign-in` */
export const signInPage = definePage({
  path: '/sign-in',
  operationId: 'signInPage',
  tag: 'Sign-in',
  summary: 'The page at which a person signs in',
  page,
  query: pageParameters.extend({
    next: z.enum(pagesBehindSignIn).optional().describe('Where to go afterwards'),
  }),
});
