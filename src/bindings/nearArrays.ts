import type { LinearMemory } from "./memory.js";

interface Copy {
  readonly of: WeakRef<Float32Array>;
  readonly start: number;
  readonly bytes: number;
  /** The look that last asked for it. */
  used: number;
}

/** 64 MB of copies in all. */
const ROOM = 2 ** 26;
/** Numbers below which a copy into the tile costs nothing to speak of. */
const FEW = 2 ** 14;
/** Looks within which an array asked for again is copied, and for which a copy stays at least. */
const RECENT = 16;

/**
 * Copies of arrays that calls read again and again, in the module's memory, where steps read them in place: a map of a
 * prepared target otherwise goes through the tile in every call, a seventh of its time (measured). An array is copied
 * when it is asked for again soon. So a loop over many targets, which would only copy more, copies nothing.
 */
export class NearArrays {
  readonly #memory: LinearMemory;
  readonly #copies = new Map<WeakRef<Float32Array>, Copy>();
  readonly #known = new WeakMap<Float32Array, Copy>();
  readonly #seen = new WeakMap<Float32Array, number>();
  #look = 0;
  #call = 0;
  #keep = false;
  #free = ROOM;

  constructor(memory: LinearMemory) {
    this.#memory = memory;
  }

  /** A call begins, which reads arrays that are kept for others, too, or only its own; copies stay until the next. */
  begin(keep: boolean): void {
    this.#keep = keep;
    this.#call = this.#look + 1;
  }

  /** The array, or its copy, a view that dies when memory grows. The array is not written to any more. */
  of(array: Float32Array): Float32Array {
    if (!this.#keep || array.length < FEW || array.byteLength > ROOM) return array;
    if (array.buffer === this.#memory.f32.buffer) return array;
    const look = ++this.#look,
      copy = this.#known.get(array) ?? this.#copy(array, look);
    if (!copy) return array;
    copy.used = look;
    return this.#memory.f32.subarray(copy.start >>> 2, (copy.start >>> 2) + array.length);
  }

  #copy(array: Float32Array, look: number): Copy | undefined {
    const before = this.#seen.get(array) ?? Number.NEGATIVE_INFINITY;
    this.#seen.set(array, look);
    if (look - before > RECENT || !this.#makeRoom(array.byteLength)) return undefined;
    const start = this.#take(array.byteLength);
    if (start === undefined) return undefined;
    const copy = { of: new WeakRef(array), start, bytes: array.byteLength, used: look };
    this.#memory.f32.set(array, start >>> 2);
    this.#copies.set(copy.of, copy);
    this.#known.set(array, copy);
    this.#free -= copy.bytes;
    return copy;
  }

  /** Where memory is short, the array is read where it is. */
  #take(bytes: number): number | undefined {
    try {
      return this.#memory.take(bytes, "a map of a prepared target");
    } catch (error) {
      if ((error as { code?: unknown }).code === "OUT_OF_MEMORY") return undefined;
      throw error;
    }
  }

  /** Gives back what nobody holds any more, and the copies that were not asked for lately, if that is enough. */
  #makeRoom(bytes: number): boolean {
    const idle = [...this.#copies.values()].filter(
        ({ of, used }) => used < this.#call && (!of.deref() || this.#look - used > RECENT),
      ),
      found = idle.reduce((sum, copy) => sum + copy.bytes, this.#free);
    if (found < bytes) return false;
    for (const copy of idle) {
      this.#memory.give(copy.start);
      this.#copies.delete(copy.of);
      const array = copy.of.deref();
      if (array) this.#known.delete(array);
      this.#free += copy.bytes;
    }
    return true;
  }
}
