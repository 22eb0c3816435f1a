/** Whether memory can be shared with workers: in browsers only on pages that are cross-origin isolated. */
export const canShare = (): boolean => typeof SharedArrayBuffer === "function";

/** Shared memory that calls use one after the other, as new memory costs as much as a copy. */
export class Scratch {
  readonly #free: SharedArrayBuffer[] = [];

  take(bytes: number): SharedArrayBuffer {
    const fitting = this.#free.filter((buffer) => buffer.byteLength >= bytes && buffer.byteLength <= 2 * bytes),
      found = fitting.sort((a, b) => a.byteLength - b.byteLength)[0];
    if (!found) return new SharedArrayBuffer(bytes);
    this.#free.splice(this.#free.indexOf(found), 1);
    return found;
  }

  give(buffer: SharedArrayBuffer): void {
    this.#free.push(buffer);
    if (this.#free.length > 4) this.#free.shift();
  }
}
