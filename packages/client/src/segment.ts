import { StellarMemoryError } from './stellar-memory-error.js';

/**
 * An id as one segment of a path. URLs resolve `.` and `..`, however they are encoded, and an empty segment
 * names the collection: no such id may reach another operation. Errors: `not_found`, as the server has it
 * for an id that names nothing.
 */
export function segment(id: string): string {
  if (/^\.{0,2}$/.test(id))
    throw new StellarMemoryError('not_found', { detail: 'No id is like this.' });
  return encodeURIComponent(id);
}
