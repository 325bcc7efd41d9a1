import { z } from 'zod';
import { defineRoute, TextAnswer } from '../route.js';

/** `GET /openapi.json` */
export const openApi = defineRoute({
  method: 'GET',
  path: '/openapi.json',
  operationId: 'openapi',
  tag: 'Service',
  summary: 'This API as an OpenAPI 3.1 document',
  access: 'open',
  success: {
    status: 200,
    description: 'The document.',
    schema: z.record(z.string(), z.unknown()),
  },
  handler: ({ reference }) => new TextAnswer(reference.openApi),
});
