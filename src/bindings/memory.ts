import { SegLossError } from "../errors.js";
import { wholeLines } from "./tile.js";

interface Block {
  start: number;
  bytes: number;
}

type ViewArray = Float32Array | Uint8Array | Int32Array;
/** Whole pages: where a block begins in one, copies to and from the tile's planes are fast (tile.ts). */
const wholePages = (n: number) => Math.ceil(n / 4096) * 4096;

/** 64 MB. */
const MOST_BORROWED = 2 ** 24;

/** The module's linear memory: views that survive growth, and blocks that are given out and taken back. */
export class LinearMemory {
  #memory: WebAssembly.Memory;
  #buffer?: ArrayBuffer;
  #free: Block[] = [];
  #taken = new Map<number, number>();
  #top: number;
  #depth = 0;
  /** What is borrowed until the end of a call. */
  #borrowed?: number[];
  #lends = false;
  i32!: Int32Array;
  f32!: Float32Array;
  f64!: Float64Array;
  u8!: Uint8Array;

  /** `forget`: a debug build of the module is told which bytes are given back (assembly/protocol.ts). */
  constructor(
    memory: WebAssembly.Memory,
    heap: number,
    readonly forget?: (from: number, to: number) => void,
  ) {
    this.#memory = memory;
    this.#top = wholePages(heap);
    this.refresh();
  }

  /** Views die when memory grows. */
  refresh(): void {
    if (this.#buffer === this.#memory.buffer) return;
    this.#buffer = this.#memory.buffer as ArrayBuffer;
    this.i32 = new Int32Array(this.#buffer);
    this.f32 = new Float32Array(this.#buffer);
    this.f64 = new Float64Array(this.#buffer);
    this.u8 = new Uint8Array(this.#buffer);
  }

  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Bytes that are given out. */
  get taken(): number {
    return [...this.#taken.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** The address of so many bytes, from a block given back before or from the end. */
  take(bytes: number, what: string): number {
    const size = wholePages(Math.max(bytes, 1)),
      found = this.#free.findIndex((block) => block.bytes >= size);
    let start = this.#top;
    if (found >= 0) {
      const block = this.#free[found];
      start = block.start;
      block.start += size;
      block.bytes -= size;
      if (block.bytes === 0) this.#free.splice(found, 1);
    } else {
      const missing = Math.ceil((start + size - this.bytes) / 65536);
      try {
        if (missing > 0) this.#memory.grow(missing);
      } catch {
        const megabytes = Math.ceil((start + size) / 1048576);
        throw new SegLossError(
          "OUT_OF_MEMORY",
          `${what} needs ${megabytes} MB of WebAssembly memory in all, which is more than it can address or ` +
            "the host gives",
        );
      }
      this.#top = start + size;
      this.refresh();
    }
    this.#taken.set(start, size);
    return start;
  }

  give(start: number): void {
    const bytes = this.#taken.get(start);
    if (bytes === undefined) return;
    this.#taken.delete(start);
    this.#free.push({ start, bytes });
    this.#free.sort((a, b) => a.start - b.start);
    this.#free = this.#free.reduce<Block[]>((merged, block) => {
      const last = merged.at(-1);
      if (last && last.start + last.bytes === block.start) last.bytes += block.bytes;
      else merged.push(block);
      return merged;
    }, []);
    const last = this.#free.at(-1);
    if (last && last.start + last.bytes === this.#top) {
      this.#top = last.start;
      this.#free.pop();
    }
  }

  /**
   * Calls `work` with the addresses of areas of so many bytes, one after the other, which are given back whatever it
   * does.
   */
  with<T>(sizes: readonly number[], what: string, work: (...at: number[]) => T): T {
    const areas = sizes.map(wholeLines),
      start = this.take(
        areas.reduce((sum, bytes) => sum + bytes, 0),
        what,
      );
    let end = start;
    this.#depth++;
    try {
      return work(
        ...areas.map((bytes) => {
          end += bytes;
          return end - bytes;
        }),
      );
    } finally {
      this.give(start);
      if (--this.#depth > 0) this.forget?.(start, end);
      else this.forget?.(0, 2 ** 32 - 1);
    }
  }

  /** Calls `work`, in which `scratch`, and `borrow` if it `lends`, take what is given back here. */
  call<T>(lends: boolean, work: () => T): T {
    const outer = this.#borrowed,
      outerLends = this.#lends,
      own: number[] = [];
    this.#borrowed = own;
    this.#lends = lends;
    try {
      return work();
    } finally {
      for (const start of own) this.give(start);
      this.#borrowed = outer;
      this.#lends = outerLends;
    }
  }

  /** So many numbers of this memory for the rest of a call, to be pinned; none outside of calls or beyond `most`. */
  spare(length: number, what: string, most = MOST_BORROWED): Float32Array | undefined {
    if (!this.#borrowed || length > most) return undefined;
    const start = this.take(4 * length, what);
    this.#borrowed.push(start);
    return this.f32.subarray(start >>> 2, (start >>> 2) + length);
  }

  /** The same, or else a new array, whose pages take longer than what fills them. */
  scratch(length: number, what: string): Float32Array {
    return this.spare(length, what) ?? new Float32Array(length);
  }

  /** The same for what a prepared target would keep: a new array where the call does not lend. */
  borrow(length: number, what: string): Float32Array {
    return this.#lends ? this.scratch(length, what) : new Float32Array(length);
  }

  /** A function that returns the same array however often memory grows in between. */
  pin<A extends ArrayLike<number>>(array: A): () => A {
    // Arrays of callers may be any; views of this memory are typed arrays, which the buffer tells apart.
    const view = array as unknown as ViewArray;
    if (view.buffer !== this.#buffer) return () => array;
    const { byteOffset, length } = view,
      make = view.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => ViewArray;
    return () =>
      view.length === length ? array : (new make(this.#buffer as ArrayBuffer, byteOffset, length) as unknown as A);
  }
}
