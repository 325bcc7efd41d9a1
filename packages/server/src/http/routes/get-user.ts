import { UserDetail, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { userId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleUser } from './examples.js';

/** `GET /admin/users/{id}` */
export const getUser = defineRoute({
  method: 'GET',
  path: '/admin/users/{id}',
  operationId: 'getUser',
  tag: 'Operator',
  summary: 'An account, what it has in use, and what operators did to it',
  access: 'operator',
  params: z.strictObject({ id: uuidParameter }),
  success: {
    status: 200,
    description: 'The account.',
    schema: UserDetail,
    example: {
      ...exampleUser,
      actions: [
        {
          at: '2025-11-23T20:00:00.000Z',
          action: 'user.tier',
          change: { before: 'free', after: 'promax' },
          reason: 'Beta tester',
        },
      ],
    },
  },
  handler: ({ accounts }, { params }) => accounts.getUser(userId(params.id)),
});
