import { SessionList } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleUuid } from './examples.js';

/** `GET /auth/sessions` */
export const listSessions = defineRoute({
  method: 'GET',
  path: '/auth/sessions',
  operationId: 'listSessions',
  tag: 'Sign-in',
  summary: 'List the browsers that are signed in',
  access: { scope: 'admin' },
  success: {
    status: 200,
    description: 'The sessions, the newest first.',
    schema: SessionList,
    example: {
      items: [
        {
          id: exampleUuid,
          user_agent: 'Mozilla/5.0',
          created_at: '2025-11-23T20:00:00.000Z',
          expires_at: '2025-12-23T20:00:00.000Z',
          current: true,
        },
      ],
    },
  },
  handler: async ({ signIn, userId, identity }) => ({
    items: await signIn.sessions(userId, identity.sessionId),
  }),
});
