import {
  CreatedApiKey,
  CreatedUser,
  ErasureList,
  ErasureResponse,
  User,
  UserDetail,
  UserList,
} from '@stellar-memory/protocol';
import { openOperator } from '../app/operator.js';
import type { AdminService } from '../auth/account-service.js';
import { readConfig } from '../config/read-config.js';
import { servingRules } from '../config/rules.js';
import type { CliContext } from './context.js';
import { type AccessFlags, serverAsOperator } from './server-access.js';

/**
 * Does the operator's work: directly when DATABASE_URL is set, else through a running server with
 * STELLAR_ADMIN_TOKEN. Errors: `CommandFailed`, `StartRefused`.
 */
export async function asOperator<Answer>(
  context: CliContext,
  flags: AccessFlags,
  work: (accounts: AdminService) => Promise<Answer>,
): Promise<Answer> {
  const config = readConfig({ env: context.env });
  if (config.databaseUrl === undefined || flags.url !== undefined)
    return work(accountsOverHttp(context, flags));
  const operator = openOperator(readConfig({ env: context.env }, servingRules));
  try {
    return await work(operator.accounts);
  } finally {
    await operator.close();
  }
}

function accountsOverHttp(context: CliContext, flags: AccessFlags): AdminService {
  const client = serverAsOperator(context, flags);
  return {
    createUser: (body) => client.call(CreatedUser, { method: 'POST', path: '/admin/users', body }),
    createKey: (id, body) =>
      client.call(CreatedApiKey, { method: 'POST', path: `/admin/users/${id}/api-keys`, body }),
    listUsers: (query) => client.call(UserList, { method: 'GET', path: '/admin/users', query }),
    getUser: (id) => client.call(UserDetail, { method: 'GET', path: `/admin/users/${id}` }),
    eraseUser: (id, body) =>
      client.call(ErasureResponse, { method: 'DELETE', path: `/admin/users/${id}`, body }),
    restoreUser: (id, body) =>
      client.call(User, { method: 'POST', path: `/admin/users/${id}/restore`, body }),
    listErasures: () => client.call(ErasureList, { method: 'GET', path: '/admin/erasures' }),
    patchUser: (id, body) =>
      client.call(User, { method: 'PATCH', path: `/admin/users/${id}`, body }),
  };
}
