import { StoreBatchRequest, StoreBatchResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleId } from './examples.js';

/** `POST /api/v1/store/batch` */
export const storeBatch = defineRoute({
  method: 'POST',
  path: '/api/v1/store/batch',
  operationId: 'storeBatch',
  tag: 'Memories',
  summary: 'Store up to 100 memories, all or none',
  cost: 5,
  access: { scope: 'write' },
  boundKeys: true,
  idempotent: true,
  body: StoreBatchRequest,
  bodyExample: { memories: [{ content: 'Deploys run on Tuesdays.' }] },
  success: {
    status: 200,
    description: 'Where each memory went, in the order sent.',
    usage: true,
    schema: StoreBatchResponse,
    example: { items: [{ id: exampleId, zone: 2, score: 0.42 }] },
  },
  errors: ['quota_exceeded', 'payment_required'],
  handler: async ({ memories, userId, idempotency, setUsage }, { body }) => ({
    items: await memories.storeBatch(userId, body.memories, idempotency, setUsage),
  }),
});
