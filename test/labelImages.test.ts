import { describe, expect, test, vi } from "vitest";
import { type CanvasLike, type Color, imageFromLabels, labelsFromImage, type Palette } from "../dist/masks.js";
import { errorOf, seg } from "./support/library";
import { Random } from "./support/random";

const random = new Random(111);
const palette: readonly Color[] = ["#000000", [128, 0, 0], "#00fF80"];
/** 3 x 2 pixels of a palette's colours. */
const rgba = (alpha = 255) =>
  new Uint8ClampedArray(
    [0, 0, 0, 128, 0, 0, 0, 255, 128, 0, 255, 128, 128, 0, 0, 0, 0, 0].flatMap((n, i) =>
      i % 3 === 2 ? [n, alpha] : [n],
    ),
  );
const image = { data: rgba(), width: 3, height: 2 },
  labels = Uint8Array.of(0, 1, 2, 2, 1, 0);

describe("a palette", () => {
  test("gives labels, and labels their picture", () => {
    expect(labelsFromImage(image, { palette })).toEqual({ data: labels, shape: [1, 2, 3] });
    expect(imageFromLabels({ data: labels, shape: [1, 2, 3] }, { palette })).toEqual(image);
    expect(imageFromLabels({ data: BigInt64Array.from(labels, BigInt), dims: [2, 3] }, { palette })).toEqual(image);
  });

  test("needs no alpha, and reads grey, RGB and RGBA", () => {
    expect(labelsFromImage({ ...image, data: rgba(3) }, { palette }).data).toEqual(labels);
    const rgb = { data: Uint8Array.from(image.data).filter((_, i) => i % 4 !== 3), width: 3, height: 2, channels: 3 };
    expect(labelsFromImage(rgb, { palette }).data).toEqual(labels);
    const grey = { data: Uint8Array.of(0, 128, 255), width: 3, height: 1 },
      greys: Color[] = ["#ffffff", "#808080", "#000000"];
    expect(labelsFromImage(grey, { palette: greys }).data).toEqual(Uint8Array.of(2, 1, 0));
    expect(
      labelsFromImage(
        { data: Uint8Array.of(0, 1, 128, 2, 255, 3), width: 3, height: 1, channels: 2 },
        { palette: greys },
      ).data,
    ).toEqual(Uint8Array.of(2, 1, 0));
  });

  test("may have any labels as keys", () => {
    expect(labelsFromImage(image, { palette: { 0: "#000000", 255: [128, 0, 0], 7: "#00ff80" } }).data).toEqual(
      Uint8Array.of(0, 255, 7, 7, 255, 0),
    );
    expect(labelsFromImage(image, { palette: { 0: "#000000", 256: [128, 0, 0], 7: "#00ff80" } }).data).toEqual(
      Uint16Array.of(0, 256, 7, 7, 256, 0),
    );
    expect(labelsFromImage(image, { palette: { 0: "#000000", [-1]: [128, 0, 0], 7: "#00ff80" } }).data).toEqual(
      Int32Array.of(0, -1, 7, 7, -1, 0),
    );
  });

  test("unknown colours and labels", () => {
    const short = palette.slice(0, 2);
    expect(errorOf(() => labelsFromImage(image, { palette: short })).message).toBe(
      "labelsFromImage: pixel 2 (column 2, row 0) has colour #00ff80, which the palette does not have; " +
        "option unknown gives a label for it",
    );
    expect(labelsFromImage(image, { palette: short, unknown: 255 }).data).toEqual(Uint8Array.of(0, 1, 255, 255, 1, 0));
    expect(labelsFromImage(image, { palette: short, unknown: -1 }).data).toEqual(Int32Array.of(0, 1, -1, -1, 1, 0));
    const tensor = { data: labels, shape: [2, 3] };
    expect(errorOf(() => imageFromLabels(tensor, { palette: short })).message).toBe(
      "imageFromLabels: pixel 2 (column 2, row 0) has label 2, which the palette does not have; option " +
        "unknown gives a colour for it",
    );
    expect(imageFromLabels(tensor, { palette: short, unknown: "#00ff80" })).toEqual(image);
  });

  test("random label maps come back", () => {
    for (let n = 0; n < 50; n++) {
      const width = 1 + random.below(20),
        height = 1 + random.below(20),
        colors = new Map(
          Array.from({ length: 300 }, (): [number, Color] => [random.below(1 << 24), "#000000"]).map(([color]) => [
            color,
            [color >> 16, (color >> 8) & 255, color & 255] as Color,
          ]),
        ),
        many = [...colors.values()];
      const data = Uint16Array.from({ length: width * height }, () => random.below(many.length)),
        shape = [1, height, width] as const;
      expect(labelsFromImage(imageFromLabels({ data, shape }, { palette: many }), { palette: many })).toEqual({
        data,
        shape,
      });
    }
  });
});

test("alpha", () => {
  const alphas = [0, 127, 128, 255, 1, 254],
    data = image.data.map((n, i) => (i % 4 === 3 ? alphas[i >> 2] : n));
  expect(labelsFromImage({ ...image, data }, { alpha: 128 })).toEqual({
    data: Uint8Array.of(0, 0, 1, 1, 0, 1),
    shape: [1, 2, 3],
  });
  expect(labelsFromImage({ ...image, data }, { alpha: 1 }).data).toEqual(Uint8Array.of(0, 1, 1, 1, 1, 1));
  expect(labelsFromImage({ data: Uint8Array.of(9, 200, 9, 100), width: 2, height: 1 }, { alpha: 128 }).data).toEqual(
    Uint8Array.of(1, 0),
  );
});

describe("colours", () => {
  test("by name, in three digits, several for one label", () => {
    expect(labelsFromImage(image, { palette: ["black", "MAROON", ["Grey", "#00ff80"]] }).data).toEqual(labels);
    const two: Palette = { 0: ["#000", [128, 0, 0]], 9: "#00ff80" };
    expect(labelsFromImage(image, { palette: two }).data).toEqual(Uint8Array.of(0, 0, 9, 9, 0, 0));
    const drawn = imageFromLabels({ data: Uint8Array.of(9, 0), shape: [1, 2] }, { palette: two });
    expect(Array.from(drawn.data)).toEqual([0, 255, 128, 255, 0, 0, 0, 255]);
    expect(Array.from(imageFromLabels({ data: Uint8Array.of(0), shape: [1, 1] }, { palette: ["#f80"] }).data)).toEqual([
      255, 136, 0, 255,
    ]);
  });

  test("palettes by name", () => {
    const voc = imageFromLabels({ data: Uint8Array.of(0, 1, 15, 20, 255), shape: [1, 5] }, { palette: "voc" });
    // aeroplane, person, tvmonitor and void of the VOC development kit
    expect(Array.from(voc.data).filter((_, i) => i % 4 < 3)).toEqual([
      0, 0, 0, 128, 0, 0, 192, 128, 128, 0, 64, 128, 224, 224, 192,
    ]);
    expect(labelsFromImage(voc, { palette: "voc" }).data).toEqual(Uint8Array.of(0, 1, 15, 20, 255));
    const street = { data: Uint8Array.of(128, 64, 128, 119, 11, 32, 0, 0, 0), width: 3, height: 1 };
    expect(labelsFromImage(street, { palette: "cityscapes" }).data).toEqual(Uint8Array.of(0, 18, 255));
  });

  test("a palette image with void is not 256 classes: what is void is said", () => {
    const data = labelsFromImage(image, { palette: { 0: "black", 1: "maroon", 255: "#00ff80" } }),
      { labels: scored, value } = seg.metrics.dice(data, data, { ignoreIndex: 255 });
    expect([scored, value]).toEqual([[1], 1]);
  });

  test("that are near", () => {
    const data = image.data.map((n, i) => (i % 4 === 3 ? n : Math.max(0, Math.min(255, n + ((i * 37) % 41) - 20))));
    expect(errorOf(() => labelsFromImage({ ...image, data }, { palette })).code).toBe("INVALID_TARGET");
    expect(labelsFromImage({ ...image, data }, { palette, nearest: true }).data).toEqual(labels);
    expect(labelsFromImage(image, { palette, nearest: false }).data).toEqual(labels);
  });

  test("that are transparent", () => {
    const clear: Palette = ["transparent", [255, 0, 0, 128], "#0f08", "#0000ff40"];
    const { data } = imageFromLabels({ data: Uint8Array.of(0, 1, 2, 3), shape: [2, 2] }, { palette: clear });
    expect(Array.from(data)).toEqual([0, 0, 0, 0, 255, 0, 0, 128, 0, 255, 0, 136, 0, 0, 255, 64]);
    expect(labelsFromImage({ data, width: 2, height: 2 }, { palette: clear }).data).toEqual(Uint8Array.of(0, 1, 2, 3));
  });
});

test("what must be drawn is drawn at its own size, not smoothed", () => {
  const drawn: unknown[] = [];
  class OffscreenCanvas {
    constructor(
      readonly width: number,
      readonly height: number,
    ) {}
    getContext = () => ({
      set imageSmoothingEnabled(smooth: boolean) {
        drawn.push(smooth);
      },
      drawImage: (...args: unknown[]) => drawn.push(args),
      getImageData: () => image,
    });
  }
  vi.stubGlobal("OffscreenCanvas", OffscreenCanvas);
  try {
    for (const size of [
      { naturalWidth: 3, naturalHeight: 2, width: 300, height: 200 },
      { displayWidth: 3, displayHeight: 2, close() {} },
      { videoWidth: 3, videoHeight: 2, width: 30, height: 20 },
      { width: 3, height: 2, close() {} },
    ]) {
      drawn.length = 0;
      expect(labelsFromImage(size, { palette })).toEqual({ data: labels, shape: [1, 2, 3] });
      expect(drawn).toEqual([false, [size, 0, 0]]);
    }
    expect(labelsFromImage(new OffscreenCanvas(3, 2), { palette }).data).toEqual(labels);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("one channel", () => {
  expect(labelsFromImage(image, { channel: 0 }).data).toEqual(Uint8Array.of(0, 128, 0, 0, 128, 0));
  expect(labelsFromImage(image, { channel: 1, threshold: 128 }).data).toEqual(Uint8Array.of(0, 0, 1, 1, 0, 0));
  const mask = { data: Uint8Array.of(0, 255, 255, 0), width: 2, height: 2, channels: 1 };
  expect(labelsFromImage(mask, { channel: 0, threshold: 128 })).toEqual({
    data: Uint8Array.of(0, 1, 1, 0),
    shape: [1, 2, 2],
  });
  expect(labelsFromImage({ data: Uint16Array.of(0, 300), width: 2, height: 1 }, { channel: 0 }).data).toEqual(
    Uint16Array.of(0, 300),
  );
  // A copy: the picture may be painted on.
  const { data } = labelsFromImage(mask, { channel: 0 });
  mask.data[0] = 9;
  expect(data[0]).toBe(0);
});

test("a canvas", () => {
  const seen: number[][] = [];
  const canvas: CanvasLike = {
    width: 3,
    height: 2,
    getContext: () => ({
      getImageData: (...box) => {
        seen.push(box);
        return image;
      },
    }),
  };
  expect(labelsFromImage(canvas, { palette })).toEqual({ data: labels, shape: [1, 2, 3] });
  expect(seen).toEqual([[0, 0, 3, 2]]);
  expect(errorOf(() => labelsFromImage({ ...canvas, getContext: () => null }, { palette })).code).toBe("UNSUPPORTED");
});

test("labels of an image are a target", () => {
  const loss = seg.dice(),
    pred = { data: Float32Array.from({ length: 18 }, (_, i) => Math.sin(i)), shape: [1, 3, 2, 3] };
  expect(loss.value(pred, labelsFromImage(image, { palette }))).toBe(
    loss.value(pred, { data: labels, shape: [1, 2, 3] }),
  );
});

test.each([
  [
    "no way",
    image,
    {},
    "INVALID_OPTION",
    /exactly one of the options palette, alpha and channel must be given, got none/,
  ],
  ["two ways", image, { palette, alpha: 1 }, "INVALID_OPTION", /got palette and alpha/],
  [
    "a stray option",
    image,
    { alpha: 128, unknown: 1 },
    "INVALID_OPTION",
    /option unknown does not go with option alpha/,
  ],
  [
    "another stray option",
    image,
    { palette, threshold: 1 },
    "INVALID_OPTION",
    /option threshold does not go with option palette/,
  ],
  ["an unknown option", image, { pallete: palette }, "INVALID_OPTION", /did you mean palette/],
  ["no options", image, undefined, "INVALID_OPTION", /options must be an object, got undefined/],
  ["alpha of 0", image, { alpha: 0 }, "INVALID_OPTION", /alpha must be a number above 0 and at most 255, got 0/],
  ["no such channel", image, { channel: 4 }, "INVALID_OPTION", /channel must be a whole number from 0 to 3, got 4/],
  ["a threshold of text", image, { channel: 0, threshold: "1" }, "INVALID_OPTION", /threshold must be a number/],
  [
    "alpha of RGB",
    { data: new Uint8Array(9), width: 3, height: 1 },
    { alpha: 1 },
    "UNSUPPORTED",
    /an image with alpha, got 3 channels/,
  ],
  ["no colour", image, { palette: ["#000", "rot"] }, "INVALID_OPTION", /colour of label 1 must be .* got "rot"/],
  ["five digits", image, { palette: ["#00000"] }, "INVALID_OPTION", /colour of label 0 must be .* got "#00000"/],
  ["no palette of that name", image, { palette: "vog" }, "INVALID_OPTION", /no palette "vog"; did you mean voc/],
  ["alpha of an opaque image", image, { alpha: 128 }, "UNSUPPORTED", /opaque everywhere.* palette and channel/],
  ["nearest of text", image, { palette, nearest: "yes" }, "INVALID_OPTION", /nearest must be true or false/],
  [
    "nearest and unknown",
    image,
    { palette, nearest: true, unknown: 0 },
    "INVALID_OPTION",
    /unknown does not go with option nearest/,
  ],
  [
    "nearest of a channel",
    image,
    { channel: 0, nearest: true },
    "INVALID_OPTION",
    /nearest does not go with option ch/,
  ],
  [
    "an image that is not loaded",
    { naturalWidth: 0, naturalHeight: 0 },
    { palette },
    "SHAPE_MISMATCH",
    /has no pixels \(0 x 0\): is it loaded/,
  ],
  [
    "an image where there is no canvas",
    { naturalWidth: 3, naturalHeight: 2 },
    { palette },
    "UNSUPPORTED",
    /this runtime has no canvas/,
  ],
  [
    "a colour out of range",
    image,
    { palette: ["#000000", [256, 0, 0]] },
    "INVALID_OPTION",
    /colour of label 1 .* got \[256,0,0\]/,
  ],
  [
    "a colour twice",
    image,
    { palette: ["#000000", "#800000", [128, 0, 0]] },
    "INVALID_OPTION",
    /#800000 twice, for labels 1 and 2/,
  ],
  [
    "a key that is no label",
    image,
    { palette: { red: "#ff0000" } },
    "INVALID_OPTION",
    /the key "red", expected labels/,
  ],
  ["no palette", image, { palette: 3 }, "INVALID_OPTION", /palette must be a list of colours/],
  ["no label for unknown", image, { palette, unknown: 0.5 }, "INVALID_OPTION", /unknown must be a label/],
  ["16 bits and a palette", { data: new Uint16Array(18), width: 3, height: 2 }, { palette }, "UNSUPPORTED", /8 bits/],
  [
    "five channels",
    { data: new Uint8Array(10), width: 2, height: 1 },
    { channel: 0 },
    "SHAPE_MISMATCH",
    /1 to 4 channels, got 10 numbers for 2 x 1 pixels/,
  ],
  [
    "too few numbers",
    { data: new Uint8Array(7), width: 2, height: 1, channels: 4 },
    { channel: 0 },
    "SHAPE_MISMATCH",
    /2 x 1 pixels in 4 channels/,
  ],
  [
    "a list",
    { data: [1, 2], width: 2, height: 1 },
    { channel: 0 },
    "SHAPE_MISMATCH",
    /Uint8ClampedArray, Uint8Array or Uint16Array/,
  ],
  ["nothing", null, { channel: 0 }, "SHAPE_MISMATCH", /or a canvas, got null/],
])("labelsFromImage refuses %s", (_, given, options, code, message) => {
  const error = errorOf(() => labelsFromImage(given as never, options as never));
  expect(error.message).toMatch(message);
  expect([error.code, error.message.startsWith("labelsFromImage: ")]).toEqual([code, true]);
});

test("imageFromLabels refuses what is no label map", () => {
  expect(errorOf(() => imageFromLabels({ data: new Uint8Array(8), shape: [2, 2, 2] }, { palette })).message).toMatch(
    /one image, \[H, W\] or \[1, H, W\], got shape \[2, 2, 2\]/,
  );
  expect(errorOf(() => imageFromLabels({ data: new Float32Array(4), shape: [2, 2] }, { palette })).code).toBe(
    "INVALID_TARGET",
  );
  expect(errorOf(() => imageFromLabels({ data: labels, shape: [2, 3] }, { palette, unknown: "blau" })).message).toMatch(
    /option unknown must be/,
  );
  expect(errorOf(() => imageFromLabels({ data: labels, shape: [2, 3] }, {} as never)).message).toMatch(
    /palette must be/,
  );
});
