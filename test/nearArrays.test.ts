import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { kernelLoader } from "../src/bindings/load";
import { createLibrary } from "../src/instance/instance";
import { Random } from "./support/random";

const wasm = readFileSync(fileURLToPath(new URL("../dist/segloss.wasm", import.meta.url))),
  open = kernelLoader(wasm);

const MAP = 2 ** 20;
/** So many numbers, the first of which tells arrays apart. */
const array = (first: number, length = MAP) => new Float32Array(length).fill(first, 0, 1);

describe("arrays that calls read again", () => {
  test("are copied when they are asked for soon again, and not before", async () => {
    const { near, memory } = await open(),
      map = array(7);
    near.begin(false);
    for (let i = 0; i < 3; i++) expect(near.of(map)).toBe(map);
    near.begin(true);
    expect(near.of(map)).toBe(map);
    const copy = near.of(map);
    expect([copy.buffer === memory.f32.buffer, copy.length, copy[0]]).toEqual([true, MAP, 7]);
    expect(near.of(copy)).toBe(copy);
    expect(near.of(map).byteOffset).toBe(copy.byteOffset);
  });

  test("stay where they are, if they are many, or small", async () => {
    const { near, memory } = await open(),
      before = memory.taken,
      many = Array.from({ length: 17 }, (_, i) => array(i)),
      small = array(1, 100);
    near.begin(true);
    for (let round = 0; round < 3; round++) for (const each of many) expect(near.of(each)).toBe(each);
    for (let round = 0; round < 3; round++) expect(near.of(small)).toBe(small);
    expect(memory.taken).toBe(before);
  });

  test("fill 64 MB at most, and those of the call in progress stay whatever else is asked for", async () => {
    const { near, memory } = await open(),
      before = memory.taken,
      twice = (each: Float32Array) => [near.of(each), near.of(each)][1];
    const first = Array.from({ length: 16 }, (_, i) => array(i));
    near.begin(true);
    const places = first.map((each) => twice(each).byteOffset / 4);
    expect(memory.taken - before).toBe(2 ** 26);
    const late = Array.from({ length: 20 }, (_, i) => array(100 + i));
    for (const each of late) expect(twice(each)).toBe(each);
    expect(places.map((at) => memory.f32[at])).toEqual(first.map((each) => each[0]));
    // The next call takes the room of what it does not ask for.
    near.begin(true);
    expect(twice(late[0])[0]).toBe(100);
    expect(near.of(late[0])).not.toBe(late[0]);
    expect(memory.taken - before).toBeLessThanOrEqual(2 ** 26);
    for (const each of first) expect(near.of(each)[0]).toBe(each[0]);
  });

  test("outlive the growth of memory, and what does not fit is read where it is", async () => {
    const { near, memory } = await open(),
      map = array(3);
    near.begin(true);
    near.of(map);
    near.of(map);
    memory.take(2 ** 27, "a test");
    expect(near.of(map)[0]).toBe(3);
    const huge = array(1, 2 ** 24 + 1);
    near.of(huge);
    expect(near.of(huge)).toBe(huge);
  });

  test("give the same bits from the first call to the last", async () => {
    const kernels = await open(),
      library = createLibrary(kernels),
      random = new Random(4),
      shape = [1, 3, 160, 150],
      pred = { data: random.normals(72000, 2), shape },
      target = { data: Uint8Array.from({ length: 24000 }, () => random.below(3)), shape: [1, 160, 150] };
    for (const name of ["boundary", "regionWise", "distanceMapCrossEntropy", "nacl"] as const) {
      const loss = library.create(name, {}),
        plain = loss.valueAndGrad(pred, target),
        prepared = loss.prepare(target),
        taken = kernels.memory.taken;
      for (let i = 0; i < 3; i++) {
        const { value, grad } = loss.valueAndGrad(pred, prepared);
        expect([value, Buffer.from(grad.buffer).equals(Buffer.from(plain.grad.buffer))]).toEqual([plain.value, true]);
      }
      expect(kernels.memory.taken).toBeGreaterThan(taken);
    }
  });
});
