import type { ErrorFrame } from '@stellar-memory/protocol';
import type { z } from 'zod';
import { StellarError } from '../domain/stellar-error.js';
import type { Incoming } from './wire.js';

/** A frame that is what it must be. Errors: `payload_too_large`, `invalid_json`, `bad_request`. */
export function readFrame<Schema extends z.ZodType>(
  schema: Schema,
  { text, bytes }: Incoming,
  maxBytes: number,
): z.output<Schema> {
  if (bytes > maxBytes)
    throw new StellarError('payload_too_large', {
      detail: `A frame may have ${maxBytes} bytes; this one has ${bytes}.`,
    });
  if (text === undefined)
    throw new StellarError('bad_request', { detail: 'Frames are text, not binary.' });
  const result = schema.safeParse(parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = issue?.path.join('/') ?? '';
  throw new StellarError('bad_request', {
    detail: `The frame is not one that may come here: ${path === '' ? '' : `${path}: `}${issue?.message}`,
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StellarError('invalid_json', { detail: 'A frame is one JSON object.' }, error);
  }
}

/** A refusal as the client gets it, with the mutation that it is about when the frame named one. */
export function refusalOf(error: unknown, text: string | undefined): ErrorFrame {
  const { code, details } =
    error instanceof StellarError && error.status < 500
      ? error
      : new StellarError(error instanceof StellarError ? error.code : 'internal');
  const mid = midOf(text);
  const seconds = details.retryAfterSeconds ?? (code === 'unavailable' ? 1 : undefined);
  return {
    t: 'error',
    code,
    ...(details.detail === undefined ? {} : { detail: details.detail.slice(0, 500) }),
    ...(mid === undefined ? {} : { mid }),
    ...(seconds === undefined ? {} : { retry_in: Math.ceil(seconds * 1_000) }),
  };
}

/** What a refused frame called itself, even when the rest of it cannot be read. */
const midOf = (text: string | undefined): string | undefined =>
  /"mid"\s*:\s*"([A-Za-z0-9_-]{8,64})"/.exec(text ?? '')?.[1];
