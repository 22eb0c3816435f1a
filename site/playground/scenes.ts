import { normal, random } from "./numbers.js";

/** What a scene starts from: truth, prediction, and what the losses must be told of it. */
export interface Scene {
  readonly classes: number;
  readonly height: number;
  readonly width: number;
  /** [C, H, W] */
  readonly logits: Float32Array;
  /** [H, W]; VOID where nobody knows. */
  readonly target: Uint8Array;
  /** Grey values of the image, where there is one. */
  readonly image?: Uint8Array;
  readonly spacing?: readonly [number, number];
  readonly hasVoid?: boolean;
}
interface SceneEntry {
  readonly title: string;
  /** The one thing that it teaches. */
  readonly teaches: string;
  readonly make: () => Promise<Scene> | Scene;
}

export const VOID = 255;
/** Logits of ready-made predictions stay within this, as a network's would. */
const SURE = 4;
const SIDE = 128;
const clip = (z: number) => Math.max(-SURE, Math.min(SURE, z));

/** A distance to each object's border: above 0 inside. */
type Inside = (x: number, y: number) => number;
const disc =
  (cx: number, cy: number, r: number): Inside =>
  (x, y) =>
    r - Math.hypot(x - cx, y - cy);
const union =
  (...parts: readonly Inside[]): Inside =>
  (x, y) =>
    Math.max(...parts.map((part) => part(x, y)));
/** A line of a width along points. */
const line = (points: readonly (readonly [number, number])[], radius: number): Inside =>
  union(
    ...points.slice(1).map(([bx, by], i): Inside => {
      const [ax, ay] = points[i],
        length = (bx - ax) ** 2 + (by - ay) ** 2;
      return (x, y) => {
        const t = Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
        return radius - Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
      };
    }),
  );
const nowhere: Inside = () => -Infinity;

/** Logits that compete evenly: the margin of a class over the others, spread over both sides. */
export function margins(logits: Float32Array, at: number, plane: number, classes: number, c: number, margin: number) {
  for (let k = 0; k < classes; k++)
    logits[k * plane + at] = k === c ? (margin * (classes - 1)) / classes : -margin / classes;
}

/** A scene of drawn objects, one for each class but 0. */
function drawn(truth: readonly Inside[], prediction: readonly Inside[], more: Partial<Scene> = {}): Scene {
  const classes = truth.length + 1,
    plane = SIDE * SIDE,
    logits = new Float32Array(classes * plane),
    target = new Uint8Array(plane);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const at = y * SIDE + x;
      truth.forEach((inside, i) => {
        if (inside(x, y) >= 0) target[at] = i + 1;
      });
      const scores = prediction.map((inside) => clip(inside(x, y)));
      if (classes === 2) margins(logits, at, plane, 2, 1, scores[0]);
      else {
        logits[at] = -Math.max(...scores) / 2;
        scores.forEach((score, i) => {
          logits[(i + 1) * plane + at] = score / 2;
        });
      }
    }
  return { classes, height: SIDE, width: SIDE, logits, target, ...more };
}

/** Half-precision floats, which browsers' typed arrays do not all know yet. */
function halves(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1,
      exponent = (half >> 10) & 31,
      fraction = half & 1023;
    if (exponent === 0) return sign * 2 ** -24 * fraction;
    return exponent === 31
      ? fraction
        ? Number.NaN
        : sign * Infinity
      : sign * 2 ** (exponent - 25) * (1024 + fraction);
  });
}

const files = new Map<string, Promise<ArrayBuffer>>();
async function fetchFile(file: string): Promise<ArrayBuffer> {
  const answer = await fetch(new URL(`data/${file}`, document.baseURI));
  if (!answer.ok) throw new Error(`${file}: ${answer.status} ${answer.statusText}`);
  return answer.arrayBuffer();
}
/** A file's bytes, fetched once. */
function fetched(file: string): Promise<ArrayBuffer> {
  const bytes = files.get(file) ?? fetchFile(file);
  files.set(file, bytes);
  return bytes;
}

async function nuclei(stage: string): Promise<Scene> {
  const side = 256,
    plane = side * side;
  const [image, mask, bits] = await Promise.all(["nuclei-image", "nuclei-mask", `nuclei-${stage}`].map(fetched));
  const scores = halves(new Uint16Array(bits)),
    logits = new Float32Array(2 * plane);
  for (let at = 0; at < plane; at++) margins(logits, at, plane, 2, 1, scores[at]);
  return { classes: 2, height: side, width: side, logits, target: new Uint8Array(mask), image: new Uint8Array(image) };
}

const vessel = [
  [8, 100],
  [30, 78],
  [52, 74],
  [72, 52],
  [96, 46],
  [119, 20],
] as const;
const branch = [
  [52, 74],
  [78, 92],
  [112, 98],
] as const;

function crowd(seed: number): Inside[] {
  const next = random(seed),
    found: [number, number, number][] = [];
  while (found.length < 28) {
    const each: [number, number, number] = [8 + 112 * next(), 8 + 112 * next(), 3 + 5 * next()];
    if (found.every(([x, y, r]) => Math.hypot(x - each[0], y - each[1]) > r + each[2] + 1.5)) found.push(each);
  }
  return found.map((each) => disc(...each));
}

/** Logits at a raw distance, shaken. */
function noisy(scene: Scene, amount: number, seed: number): Scene {
  const next = normal(seed),
    plane = scene.height * scene.width;
  for (let at = 0; at < plane; at++) {
    const z = amount * next();
    scene.logits[at] -= z / 2;
    scene.logits[plane + at] += z / 2;
  }
  return scene;
}

/** Labels drawn by a shaky hand: the truth's border wanders, and specks are marked. */
function wrongLabels(): Scene {
  const truth: Inside = (x, y) => {
      const angle = Math.atan2(y - 64, x - 64);
      return 34 + 5 * Math.sin(5 * angle) + 3 * Math.sin(11 * angle + 1) - Math.hypot(x - 64, y - 64);
    },
    scene = drawn([truth], [disc(64, 64, 34)]),
    next = random(7);
  for (let n = 0; n < 160; n++) {
    const at = Math.floor(next() * SIDE * SIDE);
    scene.target[at] = 1 - scene.target[at];
  }
  return scene;
}

function voidRim(): Scene {
  const scene = drawn([disc(64, 64, 36)], [disc(68, 64, 36)], { hasVoid: true });
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++)
      if (Math.abs(Math.hypot(x - 64, y - 64) - 36) < 4 || x < 6 || y < 6 || x >= SIDE - 6 || y >= SIDE - 6)
        scene.target[y * SIDE + x] = VOID;
  return scene;
}

const crowded = crowd(3);

let own: Scene | undefined;
/** The picture of the visitor's files. */
export const setOwn = (scene: Scene | undefined): void => {
  own = scene;
};
export const hasOwn = (): boolean => own !== undefined;
function ownScene(): Scene {
  if (!own) throw new Error("a link holds no files, which stay on the computer they were opened on; open them again");
  return own;
}

/** Every scene by the name it has in links. */
export const scenes = {
  nucleiLate: {
    title: "Nuclei, late",
    teaches: "a trained network: errors sit at borders",
    make: () => nuclei("late"),
  },
  nucleiMiddle: { title: "Nuclei, middle", teaches: "half way through training", make: () => nuclei("middle") },
  nucleiEarly: { title: "Nuclei, early", teaches: "a network that is sure of nothing", make: () => nuclei("early") },
  disc: {
    title: "A disc, 6 px off",
    teaches: "where each loss sees the same shift",
    make: () => drawn([disc(60, 64, 28)], [disc(66, 64, 28)]),
  },
  pixel: {
    title: "One pixel, off by one",
    teaches: "overlap is all or nothing; distance is one pixel",
    make: () => drawn([disc(64, 64, 0.5)], [(x, y) => (x === 65 && y === 64 ? SURE : -SURE)]),
  },
  lesion: {
    title: "A lesion of 9 pixels",
    teaches: "imbalance: a mean over pixels hardly notices a miss",
    make: () =>
      drawn(
        [(x, y) => 1 - Math.max(Math.abs(x - 70), Math.abs(y - 52))],
        [(x, y) => (x < 70 ? disc(70, 52, 2)(x, y) - 1 : -SURE)],
      ),
  },
  vessel: {
    title: "A broken vessel",
    teaches: "a gap of a few pixels cuts the tree in two",
    make: () =>
      drawn(
        [union(line(vessel, 2), line(branch, 1.3))],
        [
          (x, y) => {
            const inside = union(line(vessel, 2), line(branch, 1.3))(x, y);
            return Math.hypot(x - 84, y - 49) < 5 ? -2 : 2 * inside;
          },
        ],
      ),
  },
  touching: {
    title: "Two cells merged",
    teaches: "the gap between them is few pixels, and all that matters",
    make: () =>
      drawn(
        [union(disc(46, 62, 19), disc(86, 66, 19))],
        [
          union(
            disc(46, 62, 20),
            disc(86, 66, 20),
            line(
              [
                [46, 62],
                [86, 66],
              ],
              6,
            ),
          ),
        ],
      ),
  },
  crowd: {
    title: "Crowded and tiny",
    teaches: "small objects vanish in sums over all",
    make: () => noisy(drawn([union(...crowded)], [union(...crowded.filter((_, i) => i % 4 > 0))]), 0.8, 5),
  },
  ring: {
    title: "A ring",
    teaches: "two borders: the hole was filled",
    make: () => drawn([(x, y) => 6 - Math.abs(Math.hypot(x - 64, y - 64) - 32)], [disc(64, 64, 38)]),
  },
  empty: {
    title: "Empty truth",
    teaches: "nothing is there: what an overlap is then is a choice",
    make: () => drawn([nowhere], [disc(64, 64, 10)]),
  },
  void: { title: "Void at the rim", teaches: "grey pixels count for nothing", make: voidRim },
  classes: {
    title: "Three classes",
    teaches: "two that are taken for each other",
    make: () =>
      drawn(
        [disc(50, 64, 26), disc(88, 64, 18)],
        [(x, y) => disc(50, 64, 26)(x, y) - (x > 56 ? 2 : 0), (x, y) => disc(82, 64, 22)(x, y) + 1],
      ),
  },
  labels: { title: "Noisy labels", teaches: "the truth is wrong in places", make: wrongLabels },
  spacing: {
    title: "Thick slices",
    teaches: "a voxel is 3 mm high and 1 mm wide: distances are in mm",
    make: () => drawn([disc(64, 64, 26)], [disc(64, 70, 26)], { spacing: [3, 1] }),
  },
  own: { title: "Own files", teaches: "what each loss says of your network", make: ownScene },
} as const satisfies Record<string, SceneEntry>;

export type SceneName = keyof typeof scenes;
