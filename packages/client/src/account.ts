import type { AuditChain, AuditResponse, Session } from './account-wire.js';
import type { AccountClient } from './client.js';
import { segment } from './segment.js';
import type { Transport } from './transport.js';

/** Who is signed in to the account, and what happened to it. */
export const createAccount = (send: Transport): AccountClient => ({
  async sessions(options) {
    const path = '/auth/sessions';
    return (await send<{ items: Session[] }>({ method: 'GET', path }, options)).value.items;
  },
  async endSession(id, options) {
    await send({ method: 'DELETE', path: `/auth/sessions/${segment(id)}` }, options);
  },
  async audit({ limit, before, ...options } = {}) {
    const query = { limit, before };
    return (await send<AuditResponse>({ method: 'GET', path: '/auth/audit', query }, options))
      .value;
  },
  async verifyAudit(options) {
    return (await send<AuditChain>({ method: 'GET', path: '/auth/audit/chain' }, options)).value;
  },
});
