import { ForgetResponse, memoryIdParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { memoryId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';

/** `DELETE /api/v1/forget/{id}` */
export const forgetMemory = defineRoute({
  method: 'DELETE',
  path: '/api/v1/forget/{id}',
  operationId: 'forget',
  tag: 'Memories',
  summary: 'Forget a memory',
  access: { scope: 'write' },
  boundKeys: true,
  idempotent: true,
  params: z.strictObject({ id: memoryIdParameter }),
  success: {
    status: 200,
    description: 'It is gone.',
    usage: true,
    schema: ForgetResponse,
    example: { removed: true },
  },
  handler: async ({ memories, userId, idempotency, setUsage }, { params }) => {
    await memories.forget(userId, memoryId(params.id), idempotency, {
      onUsage: setUsage,
    });
    return { removed: true as const };
  },
});
