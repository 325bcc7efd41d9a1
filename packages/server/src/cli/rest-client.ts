import { Problem } from '@stellar-memory/protocol';
import type { z } from 'zod';
import { CommandFailed } from './command-failed.js';

/** Milliseconds to wait for an answer. */
const timeoutMs = 30_000;
/** The same where the server has much to do first. */
const longTimeoutMs = 300_000;

/** One request of the REST interface. */
export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Lines of an NDJSON body, instead of `body`. */
  readonly lines?: string;
}

/** Asks a server on behalf of one bearer, or of nobody. */
export interface RestClient {
  /** Errors: `CommandFailed` when no server answers or the answer is a problem. */
  call<Answer>(schema: z.ZodType<Answer>, request: RestRequest): Promise<Answer>;
  /** An answer of any length, as it comes. Errors: as `call`. */
  stream(request: RestRequest): Promise<ReadableStream<Uint8Array>>;
  /** The answer, whatever it says. Errors: `CommandFailed` when none comes. */
  answer(request: RestRequest): Promise<Response>;
}

/** A client of the server at this base URL. */
export const createRestClient = (baseUrl: string, bearer?: string): RestClient => ({
  answer: (request) => send(baseUrl, bearer, request, AbortSignal.timeout(longTimeoutMs)),
  async stream(request) {
    const response = await send(baseUrl, bearer, request);
    if (response.ok && response.body !== null) return response.body;
    throw failure(response.status, await response.text());
  },
  async call(schema, request) {
    const response = await send(baseUrl, bearer, request, AbortSignal.timeout(timeoutMs));
    const text = await response.text();
    if (!response.ok) throw failure(response.status, text);
    const answer = schema.safeParse(text === '' ? undefined : parsed(text));
    if (answer.success) return answer.data;
    throw new CommandFailed(
      `${baseUrl} answered something that this version does not understand.`,
      'Check that the URL is a Stellar Memory server of the same version.',
    );
  },
});

async function send(
  baseUrl: string,
  bearer: string | undefined,
  request: RestRequest,
  signal?: AbortSignal,
): Promise<Response> {
  const url = new URL(request.path, baseUrl);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const [type, body] = bodyOf(request);
  try {
    return await fetch(url, {
      method: request.method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(type === undefined ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'error',
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    throw new CommandFailed(
      `No server answers at ${baseUrl}.`,
      'Start one with `npm start` (or `stellar-memory serve`), or name it with --url.',
      error,
    );
  }
}

/** Type and text of what is sent, if anything is. */
function bodyOf({ body, lines }: RestRequest): [type?: string, text?: string] {
  if (lines !== undefined) return ['application/x-ndjson', lines];
  return body === undefined ? [] : ['application/json', JSON.stringify(body)];
}

function failure(status: number, text: string): CommandFailed {
  const problem = Problem.safeParse(parsed(text));
  if (!problem.success) return new CommandFailed(`The server answered ${status}.`);
  const { title, detail, code, next, errors = [] } = problem.data;
  const fields = errors.map((field) => `\n  ${field.pointer} ${field.detail}`).join('');
  return new CommandFailed(`${detail ?? title} (${code})${fields}`, next, undefined, code);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not JSON: some other server. The schema refuses it with a message.
    return undefined;
  }
}
