import type { IncomingHttpHeaders } from 'node:http';
import { limits } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';

/** Refuses by its headers a body that would be refused later, before any of it is read. */
export function checkBodyHeaders(
  takes: 'nothing' | 'a body' | 'lines',
  headers: IncomingHttpHeaders,
): void {
  const bytes = Number(headers['content-length'] ?? 0);
  if (takes === 'nothing') {
    if (bytes > 0 || headers['transfer-encoding'] !== undefined)
      throw new StellarError('bad_request', { detail: 'This operation takes no body.' });
    // Clients that name a type and send nothing are common; Fastify would judge the type all the same.
    if (headers['content-type'] !== undefined) delete headers['content-type'];
    return;
  }
  if (takes === 'a body' && bytes > limits.bodyBytes) throw tooLarge();
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new StellarError('unsupported_media_type', { detail: 'Send the body uncompressed.' });
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8')
    throw new StellarError('unsupported_media_type', { detail: 'Send the body in UTF-8.' });
}

const tooLarge = (): StellarError =>
  new StellarError('payload_too_large', {
    detail: `The body must not be longer than ${limits.bodyBytes} bytes.`,
  });
