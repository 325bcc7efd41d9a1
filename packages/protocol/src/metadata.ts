import { z } from 'zod';
import { limits } from './limits.js';
import { textProblem } from './text.js';

/** JSON as the database keeps it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Metadata of a memory: a JSON object. */
export type Metadata = { [key: string]: Json };

/** Why the value cannot be metadata, or `undefined` if it can. Walks without recursion: depth is the attack. */
export function metadataProblem(root: unknown): string | undefined {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  let keys = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    const problem = leafProblem(value);
    if (problem !== undefined) return problem;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > limits.metadataDepth) return `must not nest deeper than ${limits.metadataDepth}`;
    for (const [key, child] of Object.entries(value)) {
      if (!Array.isArray(value)) {
        keys += 1;
        if (keys > limits.metadataKeys)
          return `must not have more than ${limits.metadataKeys} keys`;
        const keyProblem = key === '__proto__' ? 'must not have a key __proto__' : textProblem(key);
        if (keyProblem !== undefined) return keyProblem;
      }
      open.push({ value: child, depth: depth + 1 });
    }
  }
  return undefined;
}

function leafProblem(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return textProblem(value);
    case 'number':
      return numberProblem(value);
    case 'boolean':
    case 'object':
      return undefined;
    default:
      return 'must be JSON';
  }
}

function numberProblem(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'must not hold numbers beyond 64-bit floating point';
  if (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21)
    return 'must not hold integers beyond 2^53 - 1: send them as text';
  return undefined;
}

const words = `Any JSON object of at most ${limits.metadataKeys} keys and ${limits.metadataDepth} levels`;
const anyObject = z.record(z.string(), z.unknown());

/** Metadata in an answer. `z.json()` would be a recursive schema, which the OpenAPI document cannot place. */
export const storedMetadata = anyObject as unknown as z.ZodType<Metadata>;

/** A JSON object with bounded depth and key count, of text and numbers that survive storage unchanged. */
export const metadata = anyObject.describe(words).superRefine((value, context) => {
  const problem = metadataProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
}) as unknown as z.ZodType<Metadata, Metadata>;
