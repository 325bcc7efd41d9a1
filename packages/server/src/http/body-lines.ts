import type { Readable } from 'node:stream';
import { limits } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';

/** A line of a body as it came. */
export interface BodyLine {
  /** The first line is 1. */
  readonly line: number;
  readonly bytes: Buffer;
}

/** Lines of a body that is read as fast as they are taken, and no faster. */
export type BodyLines = AsyncIterable<BodyLine>;

const newline = 0x0a;

/**
 * Cuts a body into lines; empty ones are counted and passed over.
 * Errors: `payload_too_large` for a line that is too long; `request_timeout` when the sender is silent for so long.
 */
export async function* bodyLines(body: Readable, silenceMs: number): AsyncGenerator<BodyLine> {
  let line = 1;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of inTime(body, silenceMs)) {
    let from = 0;
    for (let to = chunk.indexOf(newline); to >= 0; to = chunk.indexOf(newline, from)) {
      const bytes = Buffer.concat([...begun, chunk.subarray(from, to)]);
      refuseLong(bytes.length, line);
      if (!isEmpty(bytes)) yield { line, bytes };
      line += 1;
      begun = [];
      begunBytes = 0;
      from = to + 1;
    }
    begun.push(chunk.subarray(from));
    begunBytes += chunk.length - from;
    refuseLong(begunBytes, line);
  }
  const last = Buffer.concat(begun);
  if (!isEmpty(last)) yield { line, bytes: last };
}

const isEmpty = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x0d);

function refuseLong(bytes: number, line: number): void {
  if (bytes <= limits.importLineBytes) return;
  throw new StellarError('payload_too_large', {
    detail: `Line ${line} is longer than ${limits.importLineBytes} bytes.`,
    progress: { line, stored: 0, existing: 0 },
  });
}

/** The chunks of a body; only the time that the sender lets us wait counts. */
async function* inTime(body: Readable, silenceMs: number): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const { done, value } = await nextWithin(chunks, silenceMs);
    if (done === true) return;
    yield value;
  }
}

async function nextWithin(
  chunks: AsyncIterator<Buffer>,
  silenceMs: number,
): Promise<IteratorResult<Buffer, undefined>> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new StellarError('request_timeout', { detail: 'The body stopped coming.' }));
    }, silenceMs);
  });
  try {
    return await Promise.race([chunks.next(), silence]);
  } finally {
    clearTimeout(timer);
  }
}
