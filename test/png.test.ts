import { crc32, deflateSync } from "node:zlib";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
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
}

/** A PNG of 8 bits, grey levels or entries of a palette, whose pixels come in two chunks. */
function png({ pixels, filterOf, palette = false, rows = height }: Stored): Buffer {
  const at = (x: number, y: number) => (x < 0 || y < 0 ? 0 : pixels[y * width + x]),
    filtered = Array.from({ length: rows }, (_, y) => [
      filterOf(y),
      ...Array.from({ length: width }, (_, x) => {
        const forecast = forecasts[Math.min(filterOf(y), 4)](at(x - 1, y), at(x, y - 1), at(x - 1, y - 1));
        return (at(x, y) - forecast) & 255;
      }),
    ]).flat();
  const head = Buffer.alloc(13),
    packed = deflateSync(Uint8Array.from(filtered));
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
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

  const whole = png({ pixels, filterOf: () => 4 });
  test.each<[string, Uint8Array]>([
    ["a filter that there is not", png({ pixels, filterOf: (row) => (row === 3 ? 5 : 0) })],
    ["rows that are missing", png({ pixels, filterOf: () => 1, rows: height - 1 })],
    ["an end that is missing", whole.subarray(0, whole.length - 12)],
  ])("refused: %s", async (_, bytes) => {
    await expect(read(bytes)).rejects.toThrow(/is cut or broken: it cannot be read as a PNG/);
  });
});
