import { Memory, memoryIdParameter, PatchRequest } from '@stellar-memory/protocol';
import { z } from 'zod';
import { memoryId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleMemory } from './examples.js';

/** `PATCH /api/v1/memories/{id}` */
export const patchMemory = defineRoute({
  method: 'PATCH',
  path: '/api/v1/memories/{id}',
  operationId: 'patchMemory',
  tag: 'Memories',
  summary: 'Change a memory',
  description:
    'What is absent stays, `null` clears. With If-Match it changes only the version you read.',
  access: { scope: 'write' },
  boundKeys: true,
  idempotent: true,
  conditional: true,
  params: z.strictObject({ id: memoryIdParameter }),
  body: PatchRequest,
  bodyExample: { importance: 0.9, pinned: true },
  success: {
    status: 200,
    description: 'The memory as it is now.',
    schema: Memory,
    etag: true,
    usage: true,
    example: { ...exampleMemory, importance: 0.9, pinned: true },
  },
  errors: ['quota_exceeded', 'payment_required'],
  handler: async (
    { memories, userId, ifMatch, idempotency, setEtag, setUsage },
    { params, body },
  ) => {
    const { memory, etag } = await memories.patch(userId, memoryId(params.id), body, {
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(idempotency === undefined ? {} : { idempotency }),
      onUsage: setUsage,
    });
    setEtag(etag);
    return memory;
  },
});
