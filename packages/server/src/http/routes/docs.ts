import { z } from 'zod';
import { referencePolicy } from '../reference-page.js';
import { defineRoute, TextAnswer } from '../route.js';

/** `GET /docs` */
export const docs = defineRoute({
  method: 'GET',
  path: '/docs',
  operationId: 'docs',
  tag: 'Service',
  summary: 'This API as a page to read',
  access: 'open',
  success: {
    status: 200,
    description: 'HTML without scripts, made from the OpenAPI document.',
    schema: z.string(),
    contentType: 'text/html; charset=utf-8',
    headers: { 'content-security-policy': referencePolicy },
  },
  handler: ({ reference }) => new TextAnswer(reference.page),
});
