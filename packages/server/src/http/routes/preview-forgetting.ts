import { ForgettingPreview, ForgettingPreviewRequest } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleMemory } from './examples.js';

/** `POST /api/v1/forgetting/preview` */
export const previewForgetting = defineRoute({
  method: 'POST',
  path: '/api/v1/forgetting/preview',
  operationId: 'previewForgetting',
  tag: 'Memories',
  summary: 'See what would be forgotten by itself, and forget nothing',
  description:
    'What lies in the cloud, is not pinned, and was not recalled for so many days. Without `after_days`, by the days of your settings, else 90. Try it before you set `forget_after_days`.',
  access: { scope: 'read' },
  cost: 5,
  body: ForgettingPreviewRequest,
  bodyExample: { after_days: 180 },
  success: {
    status: 200,
    description: 'The longest idle first, at most 50 of them.',
    schema: ForgettingPreview,
    example: { after_days: 180, count: 1, counted_all: true, items: [exampleMemory] },
  },
  handler: ({ life, userId }, { body }) => life.previewForgetting(userId, body),
});
