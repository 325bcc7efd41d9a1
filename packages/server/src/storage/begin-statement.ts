import type { Scope, TransactionOptions } from './database.js';

/** Milliseconds a transaction may take unless the caller says otherwise. */
export const defaultTimeoutMs = 5_000;

/**
 * The one message that opens a transaction: begin, role, tenant, deadline. Both engines send it as it is.
 *
 * It has no parameters because the simple protocol has none and a second round trip would cost 0.05 ms;
 * the role is one of two literals and the branded user id was checked to be a UUID when it was made.
 * `app.current_user_id` is set for the system role too, to nothing, so that no earlier value can show.
 */
export function beginStatement(scope: Scope, options: TransactionOptions = {}): string {
  const mode = options.readOnly === true ? ' isolation level repeatable read read only' : '';
  const tenant = scope.role === 'stellar_app' ? scope.userId : '';
  const timeoutMs = Math.ceil(options.timeoutMs ?? defaultTimeoutMs);
  return (
    `begin${mode}; set local role ${scope.role}; ` +
    `select set_config('app.current_user_id', '${tenant}', true), ` +
    `set_config('statement_timeout', '${timeoutMs}', true)`
  );
}
