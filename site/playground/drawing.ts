import type { Canvas } from "./edits.js";
import { VOID } from "./scenes.js";

/** A pixel's most probable class. */
export function best({ logits, scene }: Canvas, at: number): number {
  const { classes, width, height } = scene,
    plane = width * height;
  let label = 0;
  for (let c = 1; c < classes; c++) if (logits[c * plane + at] > logits[label * plane + at]) label = c;
  return label;
}

/** The probability of a class. */
export function probability({ logits, scene }: Canvas, at: number, c: number): number {
  const { classes, width, height } = scene,
    plane = width * height;
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp(logits[k * plane + at] - logits[c * plane + at]);
  return 1 / sum;
}

/** Draws pixels at their own size into a canvas of any size. */
export function drawPixels(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  fill: (out: Uint8ClampedArray<ArrayBuffer>) => void,
): void {
  const image = new ImageData(width, height),
    small = document.createElement("canvas");
  fill(image.data as Uint8ClampedArray<ArrayBuffer>);
  small.width = width;
  small.height = height;
  small.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, context.canvas.width, context.canvas.height);
}

/** The border of what is foreground, along the pixels' edges. */
export function outline(
  context: CanvasRenderingContext2D,
  target: ArrayLike<number>,
  width: number,
  height: number,
  colours: readonly (readonly [string, number])[],
): void {
  const sx = context.canvas.width / width,
    sy = context.canvas.height / height,
    path = new Path2D(),
    label = (x: number, y: number) => (target[y * width + x] === VOID ? 0 : target[y * width + x]);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if (x + 1 < width && label(x, y) !== label(x + 1, y)) {
        path.moveTo((x + 1) * sx, y * sy);
        path.lineTo((x + 1) * sx, (y + 1) * sy);
      }
      if (y + 1 < height && label(x, y) !== label(x, y + 1)) {
        path.moveTo(x * sx, (y + 1) * sy);
        path.lineTo((x + 1) * sx, (y + 1) * sy);
      }
    }
  context.lineCap = "square";
  for (const [stroke, lineWidth] of colours) {
    context.strokeStyle = stroke;
    context.lineWidth = lineWidth;
    context.stroke(path);
  }
}
