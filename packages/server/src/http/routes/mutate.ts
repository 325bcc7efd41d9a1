import { MutationsRequest, MutationsResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleId } from './examples.js';

const mid = '01936b5e-6c1a-7c3e-9d2f-8b7a6c5d4e3f';

/** `POST /api/v1/mutations` */
export const mutate = defineRoute({
  method: 'POST',
  path: '/api/v1/mutations',
  operationId: 'mutate',
  tag: 'Sync',
  summary: 'Merge what a client did while it was offline',
  description:
    'Each mutation is applied once: sent again within 7 days, it is answered as before. Of each field the later edit stays, by a hybrid logical clock that may be a minute ahead; forgetting is for ever. What cannot be done is `rejected` by itself.',
  cost: 5,
  access: { scope: 'write' },
  boundKeys: true,
  body: MutationsRequest,
  bodyExample: {
    mutations: [
      {
        mid,
        hlc: '1732406400000.0',
        agent: 'laptop',
        ops: [{ op: 'edit', id: exampleId, set: { content: 'Deploys run on Thursdays.' } }],
      },
    ],
  },
  success: {
    status: 200,
    description: 'What became of each operation, in the order sent.',
    schema: MutationsResponse,
    usage: true,
    example: {
      hlc: '1732406400500.0',
      acks: [{ mid, seq: 9, results: [{ result: 'applied', id: exampleId }] }],
    },
  },
  handler: ({ memories, userId, identity, setUsage }, { body }) =>
    memories.mutate(userId, body.mutations, {
      credentialId: identity.sessionId ?? identity.apiKeyId,
      onUsage: setUsage,
    }),
});
