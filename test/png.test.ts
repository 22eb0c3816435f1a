import { crc32, deflateSync, inflateSync } from "node:zlib";
import { decode, encode } from "fast-png";
import { describe, expect, test, vi } from "vitest";
import { readFile } from "../dist/files.js";
import { reader } from "../src/files/readers/png";
import { Random } from "./support/random";

const [width, height] = [13, 11];

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]),
    [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A byte's forecast by its neighbours (PNG, 9.2). */
const forecasts: readonly ((left: number, up: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_, up) => up,
  (left, up) => Math.floor((left + up) / 2),
  (left, up, corner) => {
    const estimate = left + up - corner,
      far = (n: number) => Math.abs(estimate - n);
    return [left, up, corner].reduce((best, n) => (far(n) < far(best) ? n : best));
  },
];

interface Stored {
  readonly pixels: Uint8Array;
  readonly filterOf: (row: number) => number;
  readonly palette?: boolean;
  readonly rows?: number;
  /** Width and height as the header says them. */
  readonly says?: readonly [number, number];
  /** What is done to the compressed pixels. */
  readonly harm?: (packed: Buffer) => Buffer;
}

/** A PNG of 8 bits, grey levels or entries of a palette, whose pixels come in two chunks. */
function png({ pixels, filterOf, palette = false, rows = height, ...more }: Stored): Buffer {
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : pixels[y * width + x]),
    filtered = Array.from({ length: rows }, (_, y) => [
      filterOf(y),
      ...Array.from({ length: width }, (_, x) => {
        const forecast = forecasts[Math.min(filterOf(y), 4)](at(x - 1, y), at(x, y - 1), at(x - 1, y - 1));
        return (at(x, y) - forecast) & 255;
      }),
    ]).flat();
  const head = Buffer.alloc(13),
    { says = [width, height], harm = (packed) => packed } = more,
    packed = harm(deflateSync(Uint8Array.from(filtered)));
  head.writeUInt32BE(says[0], 0);
  head.writeUInt32BE(says[1], 4);
  head.set([8, palette ? 3 : 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    ...(palette ? [chunk("PLTE", new Uint8Array(3 * 256))] : []),
    chunk("IDAT", packed.subarray(0, 9)),
    chunk("IDAT", packed.subarray(9)),
    chunk("IEND", new Uint8Array()),
  ]);
}

const random = new Random(5),
  pixels = Uint8Array.from({ length: width * height }, () => random.below(256)),
  read = async (bytes: Uint8Array) => reader.read(bytes, {}, { path: "", beside: async () => new Uint8Array() });

describe("PNGs of one byte for each pixel", () => {
  test.each([0, 1, 2, 3, 4])("rows of filter %i, after any other", async (filter) => {
    for (const other of [0, 1, 2, 3, 4])
      for (const palette of [false, true]) {
        const bytes = png({ pixels, palette, filterOf: (row) => (row % 2 === 0 ? filter : other) }),
          { data, shape, indexed, top } = await read(bytes);
        expect(data).toEqual(pixels);
        expect([shape, indexed, top]).toEqual([[height, width], palette, 255]);
        // The file is right: another reader finds the same.
        expect(new Uint8Array(decode(bytes).data)).toEqual(pixels);
      }
  });

  const whole = png({ pixels, filterOf: () => 4 }),
    broken = (more: Partial<Stored>) => png({ pixels, filterOf: () => 0, ...more }),
    changed = (at: number) => (packed: Buffer) => {
      const copy = Buffer.from(packed);
      copy[(at + copy.length) % copy.length] ^= 255;
      return copy;
    },
    repeated = (packed: Buffer, times: number) =>
      deflateSync(Buffer.concat(Array.from({ length: times }, () => inflateSync(packed))));
  const flaws: readonly (readonly [what: string, bytes: Uint8Array, why: RegExp])[] = [
    ["a filter that there is not", broken({ filterOf: (row) => (row === 3 ? 5 : 0) }), /a filter that there is not, 5/],
    ["rows that are missing", broken({ rows: height - 1 }), /its data ends early \(13 x 11 pixels\)/],
    ["an end that is missing", whole.subarray(0, whole.length - 12), /it ends early/],
    [
      "a check sum that is wrong",
      broken({ harm: changed(-1) }),
      /the check sum of its data is wrong \(13 x 11 pixels\)/,
    ],
    ["data that is damaged", broken({ harm: changed(2) }), /its compressed data is damaged \(13 x 11 pixels\)/],
    ["data that is no zlib's", broken({ harm: changed(0) }), /its compressed data is damaged/],
    ["data that is cut", broken({ harm: (packed) => packed.subarray(0, 90) }), /its data ends early/],
    ["no data", broken({ harm: () => Buffer.alloc(0) }), /it says that it holds far more data than it does/],
    ["far too many pixels", broken({ says: [60000, 60000] }), /far more data than it does \(60000 x 60000 pixels\)/],
    ["far too few pixels", broken({ harm: (packed) => repeated(packed, 1000) }), /holds far more data than it says/],
    ["no pixels", broken({ says: [0, height] }), /its size is 0 x 11/],
  ];
  /** Without Node's zlib, as in browsers. */
  const elsewhere = async <T>(work: () => Promise<T>): Promise<T> => {
    const builtin = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    try {
      return await work();
    } finally {
      builtin.mockRestore();
    }
  };

  describe.each(["Node", "browsers"])("in %s", (where) => {
    const there: typeof elsewhere = where === "Node" ? (work) => work() : elsewhere,
      found = (bytes: Uint8Array) => there(() => readFile({ name: "a.png", bytes }));

    test("pixels, and a few bytes beyond them", async () => {
      for (const harm of [undefined, (packed: Buffer) => repeated(packed, 2)])
        expect((await there(() => read(png({ pixels, harm, filterOf: () => 0 })))).data).toEqual(pixels);
    });

    test.each(flaws)("refused: %s", async (_, bytes, why) => {
      // Zeros that are no longer there would take gigabytes; what is refused first takes none.
      const before = process.memoryUsage().arrayBuffers;
      await expect(found(bytes)).rejects.toThrow(/a\.png: is cut or broken: it cannot be read as a PNG: /);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
      await expect(found(bytes)).rejects.toThrow(why);
    });

    test("refused whatever the colours: a check sum that is wrong, data that is cut", async () => {
      for (const [channels, depth] of [
        [1, 16],
        [2, 8],
        [3, 8],
        [4, 16],
      ] as const) {
        const data = new (depth === 8 ? Uint8Array : Uint16Array)(width * height * channels).fill(7),
          bytes = Buffer.from(encode({ width, height, channels, depth, data })),
          [at, size] = [bytes.indexOf("IDAT"), bytes.readUInt32BE(bytes.indexOf("IDAT") - 4)];
        const harmed = (packed: Buffer) =>
          Buffer.concat([bytes.subarray(0, at - 4), chunk("IDAT", packed), bytes.subarray(at + 8 + size)]);
        const packed = bytes.subarray(at + 4, at + 4 + size);
        await expect(found(harmed(changed(-1)(packed)))).rejects.toThrow(/the check sum of its data is wrong/);
        await expect(found(harmed(packed.subarray(0, size - 6)))).rejects.toThrow(/its data ends early/);
      }
    });
  });
});
