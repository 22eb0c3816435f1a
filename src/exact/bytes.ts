import { SegLossError } from "../errors.js";

/** CRC-32 (ISO 3309), by a table. */
const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const MAGIC = 0x53474c53; // "SGLS"
const FORMAT = 1;
/** Magic, format, and behind the rest the check sum. */
const HEAD = 8,
  TAIL = 4;

/** Bytes that are written one after another, little endian but for the magic. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;

  constructor() {
    this.#view.setUint32(this.#take(4), MAGIC);
    this.uint(FORMAT);
  }

  #take(length: number): number {
    const from = this.#end;
    this.#end += length;
    if (this.#end > this.#bytes.length) {
      const more = new Uint8Array(2 * this.#end);
      more.set(this.#bytes);
      this.#bytes = more;
      this.#view = new DataView(more.buffer);
    }
    return from;
  }

  byte(n: number): void {
    const at = this.#take(1);
    this.#bytes[at] = n;
  }

  uint(n: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, n, true);
  }

  float(x: number): void {
    const at = this.#take(8);
    // One NaN of the many, so that equal states have equal bytes.
    this.#view.setFloat64(at, Number.isNaN(x) ? Number.NaN : x, true);
  }

  floats(list: Float64Array): void {
    for (const x of list) this.float(x);
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.uint(bytes.length);
    const at = this.#take(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** All of it, with its check sum. */
  end(): Uint8Array {
    this.uint(crc32(this.#bytes.subarray(0, this.#end)));
    return this.#bytes.slice(0, this.#end);
  }
}

/** Reads what a `ByteWriter` wrote; whatever else it is given is refused. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = HEAD;

  constructor(
    readonly what: string,
    given: unknown,
  ) {
    if (!(given instanceof Uint8Array)) {
      const got = (given as object | null)?.constructor?.name ?? String(given);
      throw new SegLossError("INVALID_STATE", `${what}: expected bytes that toBytes() made (Uint8Array), got ${got}`);
    }
    this.#bytes = given;
    this.#view = new DataView(given.buffer, given.byteOffset, given.byteLength);
    if (given.length < HEAD + TAIL || this.#view.getUint32(0) !== MAGIC)
      this.refuse(`got ${given.length} bytes that are none of toBytes()`);
    const format = this.#view.getUint32(4, true);
    if (format !== FORMAT) this.refuse(`is of format ${format}, this version of segloss reads ${FORMAT}`);
    const end = given.length - TAIL;
    if (this.#view.getUint32(end, true) !== crc32(given.subarray(0, end)))
      this.refuse(`its check sum is wrong: the ${given.length} bytes were cut or changed on their way`);
  }

  refuse(why: string): never {
    throw new SegLossError("INVALID_STATE", `${this.what}: ${why}`);
  }

  #take(length: number): number {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length - TAIL) this.refuse("ends before what it should hold");
    return from;
  }

  byte(): number {
    return this.#bytes[this.#take(1)];
  }

  uint(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  floats(length: number): Float64Array {
    const from = this.#take(8 * length);
    return Float64Array.from({ length }, (_, i) => this.#view.getFloat64(from + 8 * i, true));
  }

  text(): string {
    const length = this.uint(),
      from = this.#take(length);
    return new TextDecoder().decode(this.#bytes.subarray(from, from + length));
  }
}
