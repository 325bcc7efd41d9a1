import { ForgetQuery, ForgetResponse, memoryIdParameter } from '@stellar-memory/protocol';
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
  description:
    'At once, everywhere. For seven days it can be restored, then it is erased; `permanent=true` erases it now.',
  access: { scope: 'write' },
  boundKeys: true,
  idempotent: true,
  params: z.strictObject({ id: memoryIdParameter }),
  query: ForgetQuery,
  success: {
    status: 200,
    description: 'It is forgotten.',
    usage: true,
    schema: ForgetResponse,
    example: { removed: true },
  },
  handler: async ({ memories, userId, idempotency, setUsage }, { params, query }) => {
    await memories.forget(userId, memoryId(params.id), idempotency, {
      onUsage: setUsage,
      permanent: query.permanent,
    });
    return { removed: true as const };
  },
});
