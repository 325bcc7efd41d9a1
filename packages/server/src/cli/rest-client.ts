import { Problem } from '@stellar-memory/protocol';
import type { z } from 'zod';
import { CommandFailed } from './command-failed.js';

/** Milliseconds to wait for an answer. */
const timeoutMs = 30_000;

/** One request of the REST interface. */
export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** Asks a server on behalf of one bearer, or of nobody. */
export interface RestClient {
  /** Errors: `CommandFailed` when no server answers or the answer is a problem. */
  call<Answer>(schema: z.ZodType<Answer>, request: RestRequest): Promise<Answer>;
}

/** A client of the server at this base URL. */
export const createRestClient = (baseUrl: string, bearer?: string): RestClient => ({
  async call(schema, request) {
    const response = await send(baseUrl, bearer, request);
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
): Promise<Response> {
  const url = new URL(request.path, baseUrl);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const hasBody = request.body !== undefined;
  try {
    return await fetch(url, {
      method: request.method,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw new CommandFailed(
      `No server answers at ${baseUrl}.`,
      'Start one with `npm start` (or `stellar-memory serve`), or name it with --url.',
      error,
    );
  }
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
