import type { StellarMemoryError } from '../stellar-memory-error.js';

const passing = new Set([402, 408, 409, 425, 429]);

/** Whether the same request would fail for ever. A status of something that is no server of ours may pass. */
export function isFinal({ code, status = 0 }: StellarMemoryError): boolean {
  if (code === 'no_api_key') return true;
  if (code === 'unexpected_response') return false;
  return status >= 400 && status < 500 && !passing.has(status);
}
