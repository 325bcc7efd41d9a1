import type { z } from 'zod';
import { type FieldProblem, StellarError } from '../domain/stellar-error.js';
import { toPointer } from './json-pointer.js';

/** Problems told at most: more help nobody, and a hostile body could have thousands. */
const maxProblems = 20;

/** Where a value came from decides the code of its refusal. */
const refusals = {
  query: { code: 'bad_request', detail: 'A query parameter is refused.' },
  body: { code: 'invalid_content', detail: 'A field of the body is refused.' },
  // An id that cannot exist is not there, as any other id that is not the caller's.
  params: { code: 'not_found', detail: undefined },
} as const;

/** Parses a value with its schema, or throws what the client is told about it. */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  source: keyof typeof refusals,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { code, detail } = refusals[source];
  if (detail === undefined) throw new StellarError(code);
  const errors = result.error.issues.flatMap(problemsOf).slice(0, maxProblems);
  throw new StellarError(code, { detail, errors });
}

/** One issue of zod as pointers: unknown keys come as one issue and leave as one problem each. */
function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ pointer: toPointer(issue.path), detail: issue.message }];
  return issue.keys
    .slice(0, maxProblems)
    .map((key) => ({ pointer: toPointer([...issue.path, key]), detail: 'is not known' }));
}
