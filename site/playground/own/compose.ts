// What files hold becomes a scene; nothing is guessed where it could be meant otherwise.
import { margins, type Scene, VOID } from "../scenes.js";
import { areaMeans, depthOf, type Layer, layerOf, nearest, type Read, type Role } from "./layers.js";

export type Parts = Readonly<Partial<Record<Role, Read>>>;

export interface Composed {
  readonly scene: Scene;
  /** Slices of a volume, where the files are one. */
  readonly depth: number;
  readonly slice: number;
  /** What was done to the numbers, in words. */
  readonly notes: readonly string[];
}

const SIDE = 256,
  LEAST = 8,
  CLASSES = 8;
/** Numbers that programs write for the foreground of a mask. */
const maskNumbers = [127, 128, 255, 32767, 32768, 65535];
/** The margin of labels as a prediction: 98 percent. */
const SURE = Math.log(0.98 / 0.02);
const TINY = 1e-6;

/** The numbers that there are: neighbours are alike, and a set would be asked 16 million times. */
function distinctOf(data: ArrayLike<number>): Set<number> {
  const found = new Set<number>();
  for (let i = 0; i < data.length; i++) if (i === 0 || data[i] !== data[i - 1]) found.add(data[i]);
  return found;
}

/** Labels 0 to 7 and void; the two numbers of a mask become 0 and 1. */
function labelsOf({ name, data }: Layer): Uint8Array {
  const found = distinctOf(data),
    out = new Uint8Array(data.length);
  const broken = [...found].find((value) => !Number.isInteger(value));
  if (broken !== undefined) throw new Error(`${name}: labels are whole numbers, it holds ${broken}`);
  const others = [...found].filter((value) => value !== 0),
    mask = others.length === 1 && maskNumbers.includes(others[0]) ? others[0] : undefined;
  if (mask !== undefined) {
    for (let i = 0; i < data.length; i++) out[i] = data[i] === mask ? 1 : 0;
    return out;
  }
  const wrong = others.find((value) => value !== VOID && (value < 0 || value >= CLASSES));
  if (wrong !== undefined)
    throw new Error(`${name}: holds label ${wrong}; this page takes 0 to ${CLASSES - 1}, and 255 for void`);
  out.set(data);
  return out;
}

interface Guess {
  readonly classes: number;
  readonly note: string;
  /** Logits of a size, [C, H, W]. */
  readonly logits: (classes: number, fit: Fit) => Float32Array;
}
interface Fit {
  readonly width: number;
  readonly height: number;
}

/** Margins of single numbers, or of labels. */
function spread(plane: ArrayLike<number>, classes: number, of: (value: number) => readonly [number, number]) {
  const logits = new Float32Array(classes * plane.length);
  for (let at = 0; at < plane.length; at++) {
    const [label, margin] = of(plane[at]);
    margins(logits, at, plane.length, classes, label, margin);
  }
  return logits;
}
const clipped = (p: number) => Math.max(TINY, Math.min(1 - TINY, p));

function ofOne(layer: Layer): Guess {
  const { name, data, top = 0, indexed } = layer;
  let [least, most, whole] = [Infinity, -Infinity, true];
  for (let i = 0; i < data.length; i++) {
    least = Math.min(least, data[i]);
    most = Math.max(most, data[i]);
    whole &&= Number.isInteger(data[i]);
  }
  const distinct = whole ? distinctOf(data).size : Infinity;
  if (whole && (distinct <= 2 || (least >= 0 && most < CLASSES) || indexed)) {
    const labels = labelsOf(layer);
    if (labels.includes(VOID)) throw new Error(`${name}: a prediction has a class everywhere, it holds 255 (void)`);
    return {
      classes: 1 + Math.max(1, ...distinctOf(labels)),
      note: "labels, taken as predicted at 98 %",
      logits: (c, fit) => spread(nearest({ ...layer, data: labels }, fit), c, (label) => [label, SURE]),
    };
  }
  const scale = whole && top > 1 ? top : 1,
    probable = least >= 0 && most <= scale;
  return {
    classes: 2,
    note: probable
      ? `probabilities of the foreground${scale > 1 ? `, ${scale} being 1` : ""}`
      : "logits of the foreground, since they leave 0 to 1",
    logits(c, fit) {
      if (c > 2) throw new Error(`${name}: holds one number a pixel, the truth has ${c} classes`);
      const plane = areaMeans(layer, fit);
      return spread(plane, 2, (value) => {
        const p = clipped(value / scale);
        return [1, probable ? Math.log(p / (1 - p)) : value];
      });
    },
  };
}

function ofMany(layer: Layer): Guess {
  const { name, data, channels } = layer,
    plane = data.length / channels;
  let [inside, competing] = [true, true];
  for (let at = 0; at < plane && inside; at++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const value = data[c * plane + at];
      inside &&= value >= 0 && value <= 1;
      sum += value;
    }
    competing &&= Math.abs(sum - 1) < 5e-3;
  }
  if (inside && !competing)
    throw new Error(`${name}: its ${channels} channels are probabilities whose sum is not 1; classes compete here`);
  return {
    classes: channels,
    note: inside ? `probabilities of ${channels} classes` : `logits of ${channels} classes`,
    logits(c, fit) {
      if (c > channels) throw new Error(`${name}: has ${channels} classes, the truth has ${c}`);
      const small = areaMeans(layer, fit);
      return Float32Array.from(small, (value) => (inside ? Math.log(clipped(value)) : value));
    },
  };
}

function sizeOf(layers: readonly Layer[]): Layer {
  const [first, ...others] = layers;
  for (const other of others)
    if (other.width !== first.width || other.height !== first.height)
      throw new Error(
        `${first.name} is ${first.width} by ${first.height} pixels, ${other.name} ${other.width} by ` +
          `${other.height}; files of one picture are of one size`,
      );
  if (Math.min(first.width, first.height) < LEAST)
    throw new Error(
      `${first.name}: is ${first.width} by ${first.height} pixels; at least ${LEAST} by ${LEAST} are needed`,
    );
  return first;
}

/** The slice that shows most: of the truth, or the middle. */
function usualSlice({ truth }: Parts, depth: number): number {
  if (!truth || depth === 1) return depth >> 1;
  const plane = truth.data.length / depth,
    counts = new Array<number>(depth).fill(0);
  for (let i = 0; i < truth.data.length; i++) if (truth.data[i] > 0) counts[Math.floor(i / plane)]++;
  return counts.indexOf(Math.max(...counts));
}

export function compose(parts: Parts, wanted?: number): Composed {
  const all = Object.entries(parts) as [Role, Read][],
    depths = all.map(([role, part]) => depthOf(part, role)),
    depth = Math.max(1, ...depths);
  if (depths.some((each) => each !== depth))
    throw new Error(`the files have ${depths.join(", ")} slices; files of one volume have as many`);
  const slice = Math.min(depth - 1, wanted ?? usualSlice(parts, depth)),
    layers = Object.fromEntries(all.map(([role, part]) => [role, layerOf(part, role, slice)])) as Partial<
      Record<Role, Layer>
    >;
  const full = sizeOf(Object.values(layers)),
    factor = Math.max(1, Math.max(full.width, full.height) / SIDE),
    fit = { width: Math.round(full.width / factor), height: Math.round(full.height / factor) },
    plane = fit.width * fit.height,
    notes: string[] = [];
  if (factor > 1)
    notes.push(
      `${full.width} by ${full.height} pixels reduced to ${fit.width} by ${fit.height}: labels by the nearest pixel, ` +
        "other numbers by their mean",
    );
  const target = layers.truth ? nearest({ ...layers.truth, data: labelsOf(layers.truth) }, fit) : new Uint8Array(plane),
    guess = layers.prediction && (layers.prediction.channels > 1 ? ofMany : ofOne)(layers.prediction),
    labels = 1 + target.reduce((most, label) => (label === VOID ? most : Math.max(most, label)), 1),
    classes = Math.max(labels, guess?.classes ?? 2);
  if (guess) notes.push(`prediction: ${guess.note}`);
  else notes.push("no prediction yet: background everywhere, at 98 %");
  if (!layers.truth) notes.push("no truth yet: background everywhere");
  const spacing = all.map(([, part]) => part.spacing).find((each) => each !== undefined),
    [sy, sx] = (spacing?.slice(-2) ?? [1, 1]) as [number, number];
  const scene: Scene = {
    classes,
    ...fit,
    target: Uint8Array.from(target),
    logits: guess ? guess.logits(classes, fit) : spread(new Uint8Array(plane), classes, () => [0, SURE]),
    image: layers.image && greys(layers.image, fit),
    hasVoid: target.includes(VOID),
    ...(spacing ? { spacing: [(sy * full.height) / fit.height, (sx * full.width) / fit.width] as const } : {}),
  };
  return { scene, depth, slice, notes };
}

/** From the least number, black, to the largest, white; colours by their mean. */
function greys(layer: Layer, fit: Fit): Uint8Array {
  const small = areaMeans(layer, fit),
    plane = fit.width * fit.height,
    grey = new Float32Array(plane);
  for (let c = 0; c < Math.min(3, layer.channels); c++)
    for (let at = 0; at < plane; at++) grey[at] += small[c * plane + at];
  const least = grey.reduce((a, b) => Math.min(a, b)),
    span = grey.reduce((a, b) => Math.max(a, b)) - least || 1;
  return Uint8Array.from(grey, (value) => (255 * (value - least)) / span);
}
