/**
 * Every error code a client can meet, with its HTTP status and what to do next.
 * This table is the documentation: `docs/reference/errors.md` is generated from it.
 */
export const errorCodes = {
  bad_request: { status: 400, next: 'Correct the request as the detail says.' },
  invalid_json: { status: 400, next: 'Send well-formed JSON in UTF-8.' },
  authorization_pending: { status: 400, next: 'Ask again after the interval: nobody has decided.' },
  slow_down: { status: 400, next: 'Wait five seconds longer between polls from now on.' },
  access_denied: { status: 400, next: 'Nothing: the person who was asked said no.' },
  expired_token: { status: 400, next: 'Ask for a new device code.' },
  unauthorized: {
    status: 401,
    next: 'Send a valid API key as X-API-Key or Authorization: Bearer.',
  },
  payment_required: { status: 402, next: 'Settle the open payment in the billing portal.' },
  quota_exceeded: { status: 403, next: 'Forget memories or upgrade at upgrade_url.' },
  insufficient_scope: { status: 403, next: 'Use a key that has the scope named in the detail.' },
  agent_not_allowed: {
    status: 403,
    next: 'Use a key that is not bound to an agent, or name the agent that this one is bound to.',
  },
  account_closed: {
    status: 403,
    next: 'Within seven days POST /auth/account/restore opens it again, with a code for its mailbox.',
  },
  account_suspended: { status: 403, next: 'Contact the operator of this server.' },
  not_found: { status: 404, next: 'Check the id and the path.' },
  method_not_allowed: { status: 405, next: 'Use a method that the reference lists for this path.' },
  not_acceptable: { status: 406, next: 'Accept application/json.' },
  request_timeout: { status: 408, next: 'Send the whole request sooner.' },
  conflict: { status: 409, next: 'Read the current state and try again.' },
  idempotency_in_flight: {
    status: 409,
    next: 'Wait for the first request with this Idempotency-Key to end.',
  },
  precondition_failed: { status: 412, next: 'Read the memory again and send its current ETag.' },
  payload_too_large: { status: 413, next: 'Send less than the limit named in the detail.' },
  uri_too_long: { status: 414, next: 'Shorten the query string.' },
  unsupported_media_type: { status: 415, next: 'Send Content-Type: application/json.' },
  invalid_content: { status: 422, next: 'Correct the fields listed in errors.' },
  idempotency_mismatch: {
    status: 422,
    next: 'Use a new Idempotency-Key for a different request.',
  },
  rate_limited: { status: 429, next: 'Wait for the seconds in Retry-After.' },
  headers_too_large: { status: 431, next: 'Send fewer or shorter headers.' },
  internal: { status: 500, next: 'Report the request_id to the operator.' },
  unavailable: { status: 503, next: 'Retry after the seconds in Retry-After.' },
  deadline_exceeded: { status: 504, next: 'Narrow the request or try again.' },
  storage_full: { status: 507, next: 'Tell the operator that the disk is full.' },
} as const satisfies Record<string, { status: number; next: string }>;

/** Stable, machine-readable name of an error. */
export type ErrorCode = keyof typeof errorCodes;
