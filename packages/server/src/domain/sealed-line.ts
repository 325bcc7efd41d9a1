import { createHash } from 'node:crypto';

const seal = /,"sha256":"([0-9a-f]{64})"\}$/;

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** An object as a line of JSON whose last member is the SHA-256 of the line without it. */
export function sealLine(value: object): string {
  const text = JSON.stringify(value);
  return `${text.slice(0, -1)},"sha256":"${digest(text)}"}`;
}

/** The SHA-256 at the end of a line; `undefined` when there is none, or it is not that of the line. */
export function sealOf(line: string): string | undefined {
  const [end, sha256] = seal.exec(line) ?? [];
  if (end === undefined || sha256 === undefined) return undefined;
  return digest(`${line.slice(0, -end.length)}}`) === sha256 ? sha256 : undefined;
}

/**
 * What a set of sealed lines says, in 256 bits: the sum of their seals. The order does not count, so two databases that
 * sort texts differently agree. It finds accidents; against forgers the sum is not meant.
 */
export class ContentHash {
  #sum = 0n;
  #lines = 0;

  add(sha256: string): void {
    this.#sum = BigInt.asUintN(256, this.#sum + BigInt(`0x${sha256}`));
    this.#lines += 1;
  }

  get lines(): number {
    return this.#lines;
  }

  get hex(): string {
    return this.#sum.toString(16).padStart(64, '0');
  }
}
