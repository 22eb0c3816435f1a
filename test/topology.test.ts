import { describe, expect, test } from "vitest";
import { errorOf, seg } from "./support/library";

const image = (rows: readonly string[]) => ({
  data: Uint8Array.from(rows.join(""), (pixel) => (pixel === "." ? 0 : Number(pixel))),
  shape: [1, rows.length, rows[0].length],
});
const rowsOf = ({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }) =>
  Array.from({ length: shape[1] }, (_, y) =>
    Array.from({ length: shape[2] }, (_, x) => data[y * shape[2] + x] || ".").join(""),
  );

/** Parts by sets of pixels that grow. */
function parts(labels: ArrayLike<number>, [depth, height, width]: readonly number[], reach: number): number[] {
  const out = new Array<number>(labels.length).fill(0);
  let count = 0;
  for (let first = 0; first < labels.length; first++) {
    if (labels[first] === 0 || out[first] > 0) continue;
    out[first] = ++count;
    for (const open = [first]; open.length > 0; ) {
      const i = open.pop() as number,
        [z, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
      for (let k = 0; k < 27; k++) {
        const [dz, dy, dx] = [Math.floor(k / 9) - 1, (Math.floor(k / 3) % 3) - 1, (k % 3) - 1],
          steps = Math.abs(dz) + Math.abs(dy) + Math.abs(dx),
          [c, b, a] = [z + dz, y + dy, x + dx];
        if (steps > reach || c < 0 || b < 0 || a < 0 || c >= depth || b >= height || a >= width) continue;
        const j = (c * height + b) * width + a;
        if (labels[j] !== labels[i] || out[j] > 0) continue;
        out[j] = count;
        open.push(j);
      }
    }
  }
  return out;
}

describe("connectedComponents", () => {
  test.each([
    ["face", 1],
    ["edge", 2],
    ["full", 3],
  ] as const)("finds by %s what sets of pixels find, of labels that touch each other", (connectivity, reach) => {
    let state = 7;
    const random = () => {
      state = (state * 1664525 + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    for (const [share, labels] of [
      [0.3, 1],
      [0.6, 2],
      [1, 3],
    ])
      for (const sizes of [
        [1, 9, 11],
        [5, 6, 7],
      ]) {
        const data = Int32Array.from({ length: sizes[0] * sizes[1] * sizes[2] }, () =>
          random() < share ? 1 + Math.floor(random() * labels) : 0,
        );
        const { data: got, counts } = seg.connectedComponents({ data, shape: sizes }, { connectivity, spatialDims: 3 }),
          expected = parts(data, sizes, reach);
        expect(Array.from(got)).toEqual(expected);
        expect(counts[0]).toBe(Math.max(...expected));
      }
  });

  test("takes one axis, and an array for the result, and refuses what is no label", () => {
    const out = new Int32Array(5);
    expect(
      seg.connectedComponents({ data: new Float32Array([2, 2, 0, -1, 2]), shape: [5] }, { spatialDims: 1, out }).data,
    ).toBe(out);
    expect(Array.from(out)).toEqual([1, 1, 0, 2, 3]);
    const error = errorOf(() => seg.connectedComponents({ data: new Float32Array([1, 0.5]), shape: [1, 1, 2] }));
    expect([error.code, error.message]).toEqual([
      "INVALID_TARGET",
      "connectedComponents: labels must be whole numbers, got 0.5 at index 1",
    ]);
    expect(seg.connectedComponents({ data: new Uint8Array(0), shape: [2, 0, 4] }).counts).toEqual(new Int32Array(2));
  });
});

describe("skeletonize", () => {
  test("leaves a line of a bar, and a ring of a frame", () => {
    const bar = image(["11111111", "11111111", "11111111"]),
      frame = image(["111111", "111111", "11..11", "11..11", "111111", "111111"]);
    expect(rowsOf(seg.skeletonize(bar))[1]).toMatch(/^1+\.+$/);
    for (const method of ["zhang", "lee"] as const)
      expect(Array.from(seg.bettiNumbers(seg.skeletonize(frame, { method })).data)).toEqual([1, 1]);
  });

  test("refuses lines, and volumes by Zhang and Suen", () => {
    const volume = { data: new Uint8Array(8), shape: [1, 2, 2, 2] };
    expect(errorOf(() => seg.skeletonize(volume, { method: "zhang" })).message).toBe(
      'skeletonize: method "zhang" takes images only, got a volume; use "lee"',
    );
    expect(errorOf(() => seg.skeletonize({ data: new Uint8Array(4), shape: [4] }, { spatialDims: 1 })).code).toBe(
      "UNSUPPORTED",
    );
    expect(errorOf(() => seg.skeletonize(volume, { method: "thin" as "lee" })).message).toMatch(
      /option method must be "zhang", "lee", got "thin"/,
    );
  });
});

describe("bettiNumbers", () => {
  test("counts parts and holes, and takes corners for touching or not", () => {
    const two = image(["111.", "1.1.", "1111", "...1"]),
      diagonal = image(["1.", ".1"]);
    expect(Array.from(seg.bettiNumbers(two).data)).toEqual([1, 1]);
    expect(Array.from(seg.bettiNumbers(diagonal).data)).toEqual([1, 0]);
    expect(seg.bettiNumbers(diagonal, { connectivity: "face" })).toEqual({ data: Int32Array.of(2, 0), shape: [1, 2] });
  });

  test("refuses lines", () => {
    expect(errorOf(() => seg.bettiNumbers({ data: new Uint8Array(4), shape: [4] }, { spatialDims: 1 })).message).toBe(
      "bettiNumbers: takes images and volumes, got one spatial axis (4)",
    );
  });
});
