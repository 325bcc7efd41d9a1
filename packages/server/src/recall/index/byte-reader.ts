/** Reads what `ByteWriter` wrote. Bytes that end too early are a fault of the program or the disk: it throws. */
export class ByteReader {
  readonly bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.position++];
    if (value === undefined) throw new RangeError('an index block ends too early');
    return value;
  }

  varint(): number {
    let byte = this.byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let scale = 128; ; scale *= 128) {
      byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    const value = this.varint();
    return (value >>> 1) ^ -(value & 1);
  }

  skip(length: number): void {
    this.position += length;
    if (this.position > this.bytes.length) throw new RangeError('an index block ends too early');
  }

  raw(length: number): Uint8Array {
    const start = this.position;
    this.skip(length);
    return this.bytes.subarray(start, this.position);
  }

  block(): Uint8Array {
    return this.raw(this.varint());
  }

  text(): string {
    return Buffer.from(this.block()).toString();
  }
}
