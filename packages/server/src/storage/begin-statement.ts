import type { Scope, TransactionOptions } from './database.js';

/** Milliseconds a transaction may take unless the caller says otherwise. */
export const defaultTimeoutMs = 5_000;

/**
 * The two statements that open a transaction: begin; then role, tenant and deadline. Both engines send them as they
 * are, with the first statement of the work.
 *
 * They have no parameters because the embedded engine sends them by the simple protocol, which has none; the role is
 * one of two literals and the branded user id was checked to be a UUID when it was made.
 * `app.current_user_id` is set for the system role too, to nothing, so that no earlier value can show.
 */
export function beginStatements(
  scope: Scope,
  options: TransactionOptions = {},
): readonly [begin: string, identity: string] {
  const mode = options.readOnly === true ? ' isolation level repeatable read' : '';
  // Beside begin, because a transaction of one statement has none.
  const readOnly =
    options.readOnly === true ? `, set_config('transaction_read_only', 'on', true)` : '';
  const tenant = scope.role === 'stellar_app' ? scope.userId : '';
  const timeoutMs = Math.ceil(options.timeoutMs ?? defaultTimeoutMs);
  return [
    `begin${mode}`,
    `select set_config('role', '${scope.role}', true), ` +
      `set_config('app.current_user_id', '${tenant}', true), ` +
      `set_config('statement_timeout', '${timeoutMs}', true)${readOnly}`,
  ];
}
