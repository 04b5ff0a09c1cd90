/** Writes numbers one after the other; grows as needed. */
export class ByteWriter {
  #bytes = new Uint8Array(1_024);
  #view = new DataView(this.#bytes.buffer);
  #size = 0;

  /** A whole number from 0 to 2^32 - 1, in one to five bytes. */
  count(value: number): void {
    this.#room(5);
    while (value > 127) {
      this.#bytes[this.#size++] = (value & 127) | 128;
      value >>>= 7;
    }
    this.#bytes[this.#size++] = value;
  }

  single(value: number): void {
    this.#room(4);
    this.#view.setFloat32(this.#size, value, true);
    this.#size += 4;
  }

  double(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#size, value, true);
    this.#size += 8;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  #room(more: number): void {
    if (this.#size + more <= this.#bytes.length) return;
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads what `ByteWriter` wrote. Throws a RangeError where bytes are missing. */
export class ByteReader {
  #at = 0;
  readonly #view: DataView;

  constructor(private readonly source: Uint8Array) {
    this.#view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  count(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#view.getUint8(this.#at++);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('A number in these bytes never ends.');
  }

  single(): number {
    this.#at += 4;
    return this.#view.getFloat32(this.#at - 4, true);
  }

  double(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  get ended(): boolean {
    return this.#at === this.source.length;
  }
}
