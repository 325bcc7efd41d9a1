/** Codes that the server sends, proved equal to its table by `test/wire.types.ts`. */
export type ErrorCode =
  | 'bad_request'
  | 'invalid_json'
  | 'authorization_pending'
  | 'slow_down'
  | 'access_denied'
  | 'expired_token'
  | 'unauthorized'
  | 'payment_required'
  | 'quota_exceeded'
  | 'insufficient_scope'
  | 'agent_not_allowed'
  | 'account_closed'
  | 'account_suspended'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'request_timeout'
  | 'conflict'
  | 'idempotency_in_flight'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'uri_too_long'
  | 'unsupported_media_type'
  | 'invalid_content'
  | 'idempotency_mismatch'
  | 'rate_limited'
  | 'headers_too_large'
  | 'internal'
  | 'unavailable'
  | 'deadline_exceeded'
  | 'storage_full';

/**
 * Codes of what went wrong on the way:
 * - `network_error`: no answer came (refused, reset, name not found); `cause` says more;
 * - `timeout`: no whole answer within `timeoutMs`;
 * - `unexpected_response`: something answered that is no Stellar Memory server (a proxy, a redirect);
 * - `no_api_key`: no key was given and none lies in the data folder;
 * - `sync_gap`: what the feed sent does not follow on what the replica has; it is read again from there.
 */
export type ClientErrorCode =
  | 'network_error'
  | 'timeout'
  | 'unexpected_response'
  | 'no_api_key'
  | 'sync_gap';
