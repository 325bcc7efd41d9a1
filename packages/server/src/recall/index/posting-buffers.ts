import { PostingBuffer } from './postings-codec.js';

/** Memory that idle buffers may keep. */
const idleBytes = 32 * 1024 * 1024;

/**
 * Buffers that searches decode postings into, used again and again: common words of a large tenant take megabytes a
 * search, and collecting those as garbage cost three times as much as decoding them.
 */
export class PostingBuffers {
  /** Smallest first. */
  readonly #idle: PostingBuffer[] = [];
  #bytes = 0;

  /** Lends empty buffers, the largest there are. They must come back, and nobody may look into them afterwards. */
  lend(count: number): PostingBuffer[] {
    return Array.from({ length: count }, () => {
      const buffer = this.#idle.pop();
      if (buffer === undefined) return new PostingBuffer();
      this.#bytes -= buffer.bytes;
      return buffer;
    });
  }

  giveBack(buffers: readonly PostingBuffer[]): void {
    for (const buffer of buffers) {
      if (this.#bytes + buffer.bytes > idleBytes) continue;
      buffer.length = 0;
      this.#bytes += buffer.bytes;
      this.#idle.push(buffer);
    }
    this.#idle.sort((a, b) => a.bytes - b.bytes);
  }
}
