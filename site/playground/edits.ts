import { normal } from "./numbers.js";
import { margins, type Scene } from "./scenes.js";

/** What the hand did, in order: the scene and its edits are the whole picture, and a link holds both. */
export type Edit =
  | {
      readonly kind: "stroke";
      readonly layer: "prediction" | "truth";
      readonly label: number;
      /** In pixels across. */
      readonly size: number;
      /** Of the label, in percent; the truth is always sure. */
      readonly sure: number;
      /** x, y, x, y, ... in whole pixels. */
      readonly points: readonly number[];
    }
  | { readonly kind: Operation; readonly amount: number };

/** Operations on the whole prediction, and the range of their sliders. */
export const operations = {
  right: { title: "Shift right", unit: "px", min: -24, max: 24, step: 1, neutral: 0 },
  down: { title: "Shift down", unit: "px", min: -24, max: 24, step: 1, neutral: 0 },
  grow: { title: "Grow, shrink", unit: "px", min: -12, max: 12, step: 1, neutral: 0 },
  blur: { title: "Blur", unit: "px", min: 0, max: 8, step: 1, neutral: 0 },
  noise: { title: "Noise", unit: "logits", min: 0, max: 6, step: 0.5, neutral: 0 },
  confidence: { title: "Confidence", unit: "times", min: 0, max: 4, step: 0.1, neutral: 1 },
} as const;
export type Operation = keyof typeof operations;
/** Of the brush's slider, and of links: a brush larger than the picture, or a thousand blurs, would hang the page. */
export const brushSizes = { min: 1, max: 41 } as const;
const OPERATIONS = 200;

/** What edits change. */
export interface Canvas {
  readonly scene: Scene;
  readonly logits: Float32Array;
  readonly target: Uint8Array;
}
export const blank = (scene: Scene): Canvas => ({
  scene,
  logits: scene.logits.slice(),
  target: scene.target.slice(),
});

/** All pixels whose centre the brush covers at a point. */
function dab(canvas: Canvas, stroke: Extract<Edit, { kind: "stroke" }>, cx: number, cy: number): void {
  const { scene, logits, target } = canvas,
    { width, height, classes } = scene,
    plane = width * height,
    radius = stroke.size / 2,
    p = stroke.sure / 100,
    margin = Math.log((p * (classes - 1)) / (1 - p));
  for (let y = Math.max(0, Math.ceil(cy - radius)); y <= Math.min(height - 1, cy + radius); y++)
    for (let x = Math.max(0, Math.ceil(cx - radius)); x <= Math.min(width - 1, cx + radius); x++) {
      if ((x - cx) ** 2 + (y - cy) ** 2 > radius * radius && radius >= 1) continue;
      const at = y * width + x;
      if (stroke.layer === "truth") target[at] = stroke.label;
      else margins(logits, at, plane, classes, stroke.label, margin);
    }
}

/** A stroke from its point `first` on, so that a hand that moves on paints only what is new. */
export function paint(canvas: Canvas, stroke: Extract<Edit, { kind: "stroke" }>, first = 0): void {
  const { points } = stroke;
  // Of a link that somebody wrote, or of a scene that had more classes.
  if (stroke.label >= canvas.scene.classes) return;
  if (first === 0) dab(canvas, stroke, points[0], points[1]);
  for (let i = Math.max(2, first); i < points.length; i += 2) {
    const [ax, ay, bx, by] = points.slice(i - 2, i + 2),
      steps = Math.max(1, Math.ceil(Math.hypot(bx - ax, by - ay)));
    for (let s = 1; s <= steps; s++)
      dab(canvas, stroke, Math.round(ax + ((bx - ax) * s) / steps), Math.round(ay + ((by - ay) * s) / steps));
  }
}

type Plane = Float32Array;

/** Each number becomes what `of` makes of one on the same row or column. */
function moved(plane: Plane, width: number, height: number, dx: number, dy: number): Plane {
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sx = Math.max(0, Math.min(width - 1, x - dx)),
        sy = Math.max(0, Math.min(height - 1, y - dy));
      out[y * width + x] = plane[sy * width + sx];
    }
  return out;
}

/** The largest (smallest) of the neighbours: crosses and squares by turns make octagons. */
function spread(plane: Plane, width: number, height: number, amount: number): Plane {
  const pick = amount > 0 ? Math.max : Math.min;
  let now = plane;
  for (let n = 0; n < Math.abs(amount); n++) {
    const out = new Float32Array(now.length),
      square = n % 2 === 1;
    for (let y = 0; y < height; y++) {
      const up = Math.max(0, y - 1) * width,
        row = y * width,
        below = Math.min(height - 1, y + 1) * width;
      for (let x = 0; x < width; x++) {
        const left = Math.max(0, x - 1),
          right = Math.min(width - 1, x + 1);
        let best = pick(now[row + x], now[row + left], now[row + right], now[up + x], now[below + x]);
        if (square) best = pick(best, now[up + left], now[up + right], now[below + left], now[below + right]);
        out[row + x] = best;
      }
    }
    now = out;
  }
  return now;
}

export function blurred(plane: Plane, width: number, height: number, sigma: number): Plane {
  const reach = Math.ceil(3 * sigma),
    weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma))),
    total = weights.reduce((sum, w) => sum + w, 0);
  const along = (from: Plane, length: number, lines: number, step: number, next: number) => {
    const out = new Float32Array(from.length);
    for (let l = 0; l < lines; l++)
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++)
          sum += weights[k + reach] * from[l * next + Math.max(0, Math.min(length - 1, i + k)) * step];
        out[l * next + i * step] = sum / total;
      }
    return out;
  };
  return along(along(plane, width, height, 1, width), height, width, width, 1);
}

function operate(canvas: Canvas, { kind, amount }: Extract<Edit, { kind: Operation }>): void {
  const { logits, scene } = canvas,
    { classes, width, height } = scene,
    plane = width * height;
  if (amount === operations[kind].neutral) return;
  if (kind === "noise") {
    const next = normal(1);
    for (let i = 0; i < logits.length; i++) logits[i] += amount * next() * Math.SQRT1_2;
    return;
  }
  if (kind === "confidence") {
    for (let i = 0; i < logits.length; i++) logits[i] *= amount;
    return;
  }
  for (let c = 0; c < classes; c++) {
    const from = logits.slice(c * plane, (c + 1) * plane);
    const to =
      kind === "blur"
        ? blurred(from, width, height, amount)
        : kind === "grow"
          ? spread(from, width, height, c === 0 ? -amount : amount)
          : moved(from, width, height, kind === "right" ? amount : 0, kind === "down" ? amount : 0);
    logits.set(to, c * plane);
  }
}

export const apply = (canvas: Canvas, edit: Edit): void =>
  edit.kind === "stroke" ? paint(canvas, edit) : operate(canvas, edit);

// Edits as text, for links: a stroke is pLABEL.SIZE.SURE.POINTS (t on the truth), a point is three letters of 9 bits
// each for x and y; an operation is its name and amount.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function writePoints(points: readonly number[]): string {
  let text = "";
  for (let i = 0; i < points.length; i += 2) {
    const both = points[i] * 512 + points[i + 1];
    text += letters[both >> 12] + letters[(both >> 6) & 63] + letters[both & 63];
  }
  return text;
}

function readPoints(text: string): number[] {
  const points: number[] = [];
  for (let i = 0; i + 2 < text.length; i += 3) {
    const both = [0, 1, 2].reduce((sum, k) => sum * 64 + letters.indexOf(text[i + k]), 0);
    points.push(both >> 9, both & 511);
  }
  return points;
}

export const writeEdits = (edits: readonly Edit[]): string =>
  edits
    .map((edit) =>
      edit.kind === "stroke"
        ? `${edit.layer === "truth" ? "t" : "p"}${edit.label}.${edit.size}.${edit.sure}.${writePoints(edit.points)}`
        : `${edit.kind}${edit.amount}`,
    )
    .join("~");

/** Edits of a link; what is not understood is left out, so that old pages open new links as far as they can. */
export function readEdits(text: string): Edit[] {
  let left = OPERATIONS;
  return text.split("~").flatMap((each): Edit[] => {
    const stroke = each.match(/^([pt])(\d+)\.(\d+)\.(\d+(?:\.\d+)?)\.([\w-]+)$/);
    if (stroke) {
      const layer = stroke[1] === "t" ? "truth" : "prediction",
        [label, size, sure] = stroke.slice(2, 5).map(Number),
        points = readPoints(stroke[5]);
      // Who is wholly sure has infinite logits.
      const understood =
        points.length >= 2 && sure > 0 && sure < 100 && size >= brushSizes.min && size <= brushSizes.max;
      return understood ? [{ kind: "stroke", layer, label, size, sure, points }] : [];
    }
    const [, name, number] = each.match(/^([a-z]+)(-?\d+(?:\.\d+)?)$/) ?? [];
    if (name === undefined || !Object.hasOwn(operations, name)) return [];
    const kind = name as Operation,
      amount = Number(number);
    const understood = amount >= operations[kind].min && amount <= operations[kind].max && left-- > 0;
    return understood ? [{ kind, amount }] : [];
  });
}
