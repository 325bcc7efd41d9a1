import { MemoryInOrbit, memoryIdParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { formOf } from '../../domain/context/content-type.js';
import { memoryId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleMemory, exampleOrbit } from './examples.js';

/** `GET /api/v1/memories/{id}` */
export const getMemory = defineRoute({
  method: 'GET',
  path: '/api/v1/memories/{id}',
  operationId: 'getMemory',
  tag: 'Memories',
  summary: 'Get one memory',
  description:
    'Does not count as a recall. `orbit` says what its zone is decided by and when it will fade, `links` which memories were found to nearly say the same or to contradict it (settings: `duplicates`). ETag is its version, for If-Match.',
  access: { scope: 'read' },
  boundKeys: true,
  params: z.strictObject({ id: memoryIdParameter }),
  success: {
    status: 200,
    description: 'The memory.',
    schema: MemoryInOrbit,
    example: { ...exampleMemory, orbit: exampleOrbit, content_type: 'text', links: [] },
    etag: true,
  },
  handler: async ({ memories, userId, setEtag }, { params }) => {
    const { memory, orbit, links, etag } = await memories.get(userId, memoryId(params.id));
    setEtag(etag);
    return { ...memory, orbit, content_type: formOf(memory.content).type, links };
  },
});
