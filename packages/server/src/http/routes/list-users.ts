import { UserList, UserListQuery } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleUser } from './examples.js';

/** `GET /admin/users` */
export const listUsers = defineRoute({
  method: 'GET',
  path: '/admin/users',
  operationId: 'listUsers',
  tag: 'Operator',
  summary: 'List and search accounts, newest first',
  description: 'Counts of what they have in use; nothing of what they store.',
  access: 'operator',
  query: UserListQuery,
  success: {
    status: 200,
    description: 'A page of accounts.',
    schema: UserList,
    example: { items: [exampleUser], next_cursor: null },
  },
  handler: ({ accounts }, { query }) => accounts.listUsers(query),
});
