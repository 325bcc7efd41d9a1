import { ChangesQuery, ChangesResponse } from '@stellar-memory/protocol';
import { decodeSyncCursor, encodeSyncCursor } from '../../domain/sync-cursor.js';
import { defineRoute } from '../route.js';
import { exampleMemory } from './examples.js';

/** `GET /api/v1/changes` */
export const readChanges = defineRoute({
  method: 'GET',
  path: '/api/v1/changes',
  operationId: 'readChanges',
  tag: 'Sync',
  summary: 'What changed since the cursor, one change a transaction',
  description:
    'Without a cursor it pages through everything there is; send each answer’s cursor with the next request. With `wait` it answers as soon as there is a change.',
  access: { scope: 'read' },
  query: ChangesQuery,
  success: {
    status: 200,
    description: 'Changes in the order of their commits.',
    schema: ChangesResponse,
    example: {
      mode: 'delta',
      cursor: '3f9a1c02.8.9be0c3d4e5f60718',
      head: 8,
      events: [
        {
          from: 7,
          to: 8,
          cursor: '3f9a1c02.8.9be0c3d4e5f60718',
          at: exampleMemory.created_at,
          ops: [{ op: 'put', memory: exampleMemory }],
        },
      ],
      memories: [],
      more: false,
    },
  },
  handler: async ({ sync, identity, signal }, { query }) => {
    const page = await sync.changes(identity, {
      cursor: query.cursor === undefined ? undefined : decodeSyncCursor(query.cursor),
      limit: query.limit,
      waitMs: query.wait * 1_000,
      signal: signal(),
    });
    const { mode, head, events, memories, more } = page;
    return {
      mode,
      cursor: encodeSyncCursor(page.cursor),
      head,
      events: [...events],
      memories: [...memories],
      more,
    };
  },
});
