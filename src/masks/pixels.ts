import { SegLossError } from "../errors.js";
import { brief } from "../options/names.js";

/** Pixels row by row with 1 to 4 channels each: ImageData, Transformers.js' RawImage, a decoded PNG. */
export interface ImageLike {
  readonly data: Uint8ClampedArray | Uint8Array | Uint16Array;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA; found from the length of `data` if missing. */
  readonly channels?: number;
}

/** A canvas of a page or an OffscreenCanvas, whose context is "2d". */
export interface CanvasLike {
  readonly width: number;
  readonly height: number;
  getContext(kind: "2d"): { getImageData(x: number, y: number, width: number, height: number): ImageLike } | null;
}

/** What is drawn on a canvas to be read: HTMLImageElement, HTMLVideoElement, ImageBitmap, VideoFrame. */
export type PictureLike =
  | { readonly naturalWidth: number; readonly naturalHeight: number }
  | { readonly videoWidth: number; readonly videoHeight: number }
  | { readonly displayWidth: number; readonly displayHeight: number }
  | { readonly width: number; readonly height: number; close(): void };

export interface Pixels extends ImageLike {
  readonly channels: number;
}

const refuse = (code: "SHAPE_MISMATCH" | "UNSUPPORTED", what: string, message: string) =>
  new SegLossError(code, `${what}: image ${message}`);

/** The size that a picture is drawn in; nothing for what is none. */
function pictureSize(given: object): readonly [width: number, height: number] | undefined {
  for (const [width, height] of [
    ["naturalWidth", "naturalHeight"],
    ["videoWidth", "videoHeight"],
    ["displayWidth", "displayHeight"],
  ])
    if (width in given && height in given)
      return [(given as Record<string, number>)[width], (given as Record<string, number>)[height]];
  const { width, height, close } = given as { width?: unknown; height?: unknown; close?: unknown };
  return typeof close === "function" && typeof width === "number" && typeof height === "number"
    ? [width, height]
    : undefined;
}

interface Canvas {
  width: number;
  height: number;
  getContext(kind: "2d", options: object): (CanvasContext & { imageSmoothingEnabled: boolean }) | null;
}
interface CanvasContext {
  drawImage(picture: object, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number): ImageLike;
}

/** A canvas of this runtime, if it has any. */
function makeCanvas(width: number, height: number): Canvas | undefined {
  const { OffscreenCanvas, document } = globalThis as {
    OffscreenCanvas?: new (width: number, height: number) => Canvas;
    document?: { createElement(name: string): Canvas };
  };
  if (OffscreenCanvas) return new OffscreenCanvas(width, height);
  return document && Object.assign(document.createElement("canvas"), { width, height });
}

function draw(what: string, picture: object, [width, height]: readonly [number, number]): ImageLike {
  if (!(width > 0 && height > 0))
    throw refuse("SHAPE_MISMATCH", what, `has no pixels (${width} x ${height}): is it loaded, or closed?`);
  const context = makeCanvas(width, height)?.getContext("2d", { willReadFrequently: true });
  if (!context)
    throw refuse("UNSUPPORTED", what, "must be drawn to be read, and this runtime has no canvas; give its pixels");
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0);
  return context.getImageData(0, 0, width, height);
}

/** The pixels of whatever holds some; `what` the function is called in messages. */
export function readPixels(what: string, given: ImageLike | CanvasLike | PictureLike): Pixels {
  if (given === null || typeof given !== "object")
    throw refuse("SHAPE_MISMATCH", what, `must be { data, width, height } or a canvas, got ${brief(given)}`);
  let image = given as ImageLike;
  if ("getContext" in given) {
    const context = given.getContext("2d");
    if (!context) throw refuse("UNSUPPORTED", what, 'must be a canvas with a "2d" context, got one with another');
    image = context.getImageData(0, 0, given.width, given.height);
  } else if (!("data" in given)) {
    const size = pictureSize(given);
    if (size) image = draw(what, given, size);
  }
  const { data, width, height } = image,
    channels = image.channels ?? data?.length / (width * height);
  const isBytes = data instanceof Uint8ClampedArray || data instanceof Uint8Array || data instanceof Uint16Array;
  if (!isBytes)
    throw refuse(
      "SHAPE_MISMATCH",
      what,
      "must be { data, width, height } with data in a Uint8ClampedArray, Uint8Array or Uint16Array, or a canvas",
    );
  if (![1, 2, 3, 4].includes(channels) || data.length !== width * height * channels) {
    const got = image.channels === undefined ? "" : ` in ${channels} channels`;
    throw refuse(
      "SHAPE_MISMATCH",
      what,
      `must have 1 to 4 channels, got ${data.length} numbers for ${width} x ${height} pixels${got}`,
    );
  }
  return { data, width, height, channels };
}
