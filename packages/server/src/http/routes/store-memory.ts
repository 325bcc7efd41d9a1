import { StoreRequest, StoreResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleId } from './examples.js';

/** `POST /api/v1/store` */
export const storeMemory = defineRoute({
  method: 'POST',
  path: '/api/v1/store',
  operationId: 'store',
  tag: 'Memories',
  summary: 'Store a memory',
  description: 'It can be recalled by the next request.',
  access: { scope: 'write' },
  boundKeys: true,
  idempotent: true,
  body: StoreRequest,
  bodyExample: {
    content: 'Mina prefers dark mode and writes her reports in Korean.',
    importance: 0.8,
    speaker: 'Mina',
    metadata: { topic: 'preferences' },
  },
  success: {
    status: 200,
    description: 'Where the memory went.',
    usage: true,
    schema: StoreResponse,
    example: { id: exampleId, zone: 1, score: 0.58 },
  },
  errors: ['quota_exceeded', 'payment_required'],
  handler: ({ memories, userId, idempotency, setUsage }, { body }) =>
    memories.store(userId, body, idempotency, setUsage),
});
