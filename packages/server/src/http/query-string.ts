import { textProblem } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';
import { toPointer } from './json-pointer.js';

/**
 * Reads a query string strictly: every parameter once, every escape valid UTF-8, no NUL.
 * Errors: `bad_request`. No value is repeated in a message: one may be a misplaced key.
 */
export function parseQueryString(text: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
  if (text === '') return parameters;
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=');
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    const value = at === -1 ? '' : decode(pair.slice(at + 1));
    const problem = name in parameters ? 'must not be repeated' : textProblem(value);
    if (problem !== undefined) throw refused(name, problem);
    parameters[name] = value;
  }
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new StellarError('bad_request', {
      detail: 'The query string has an escape that is not UTF-8.',
    });
  }
}

const refused = (name: string, detail: string): StellarError =>
  new StellarError('bad_request', {
    detail: 'A query parameter is refused.',
    errors: [{ pointer: toPointer([name]), detail }],
  });
