import { errorCodes } from '../../packages/protocol/src/index.ts';
import { page, table } from './markdown.mjs';

/** Every error code. */
export const errors = () =>
  page('Error codes', [
    'Every 4xx and 5xx answer is `application/problem+json` (RFC 9457) with a stable `code`, a `detail` where ' +
      'there is more to say, `next` (what to do about it) and the `request_id` that the log has too. ' +
      'What is not yours answers 404, as what is not there does.',
    table(
      ['code', 'status', 'what to do'],
      Object.entries(errorCodes).map(([code, { status, next }]) => [
        `\`${code}\``,
        `${status}`,
        next,
      ]),
    ),
  ]);
