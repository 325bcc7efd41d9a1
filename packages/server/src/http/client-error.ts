import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';
import { problemHeaders, problemOf } from './problem.js';
import { standardHeaders } from './standard-headers.js';

/** What Node calls the bytes that it could not take for a request. */
const codes: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/**
 * Answers what never became a request, or came too slowly, and closes the connection.
 * `isAnswered` says that the request under way has its answer, and only its body is missing.
 * Returns what was answered, or nothing when there is nobody to read it.
 */
export function answerClientError(
  error: NodeJS.ErrnoException,
  socket: Socket,
  isAnswered: boolean,
): StellarError | undefined {
  const isOver = isAnswered || hasBegunAnswer(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || isOver) {
    socket.destroy();
    return undefined;
  }
  const refusal = new StellarError(codes[error.code ?? ''] ?? 'bad_request', {
    detail: 'The request is not well-formed HTTP, or did not arrive in time.',
  });
  socket.end(rawAnswer(refusal));
  // A client that does not read must not keep the socket: what is unsent is given up.
  socket.destroySoon();
  return refusal;
}

/** Node's own handler asks the same: a second status line would corrupt an answer that is under way. */
const hasBegunAnswer = (socket: Socket & { _httpMessage?: ServerResponse | null }): boolean =>
  socket._httpMessage?.headersSent === true;

/** Answers an `Expect` other than 100-continue, to which Node would send an empty 417. */
export function answerExpectation(response: ServerResponse): StellarError {
  const refusal = new StellarError('bad_request', { detail: 'The Expect header cannot be met.' });
  const { status, headers, body } = answerOf(refusal);
  response.writeHead(status, headers).end(body);
  return refusal;
}

/** The answer to a request that never reached the framework, as bytes; the connection closes after it. */
export function rawAnswer(refusal: StellarError): string {
  const { status, title, headers, body } = answerOf(refusal);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

function answerOf(refusal: StellarError) {
  const requestId = randomUUID();
  const problem = problemOf(refusal, requestId);
  const body = JSON.stringify(problem);
  const headers = {
    ...standardHeaders,
    ...problemHeaders(refusal),
    'x-request-id': requestId,
    'content-length': `${Buffer.byteLength(body)}`,
    connection: 'close',
  };
  return { status: problem.status, title: problem.title, headers, body };
}
