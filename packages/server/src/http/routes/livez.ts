import { LivezResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /livez` */
export const livez = defineRoute({
  method: 'GET',
  path: '/livez',
  operationId: 'livez',
  tag: 'Service',
  summary: 'Whether the process answers; never asks the database',
  access: 'open',
  unlimited: true,
  success: {
    status: 200,
    description: 'It does.',
    schema: LivezResponse,
    example: { alive: true },
  },
  handler: () => ({ alive: true as const }),
});
