import { Memory, memoryIdParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { memoryId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleMemory } from './examples.js';

/** `POST /api/v1/memories/{id}/restore` */
export const restoreMemory = defineRoute({
  method: 'POST',
  path: '/api/v1/memories/{id}/restore',
  operationId: 'restoreMemory',
  tag: 'Memories',
  summary: 'Take back a forgotten memory',
  description:
    'Within seven days. It has its id, its history and its recalls again, counts against the quota and is recalled at once.',
  access: { scope: 'write' },
  idempotent: true,
  params: z.strictObject({ id: memoryIdParameter }),
  success: {
    status: 200,
    description: 'The memory, there again.',
    usage: true,
    schema: Memory,
    example: exampleMemory,
  },
  errors: ['quota_exceeded', 'payment_required', 'conflict'],
  handler: ({ life, userId, idempotency, setUsage }, { params }) =>
    life.restore(userId, memoryId(params.id), { idempotency, onUsage: setUsage }),
});
