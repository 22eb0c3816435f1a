import type { Contents } from "../src/files/contents";
import { type Pair, type Places, pairsOf } from "../src/files/pairs";
import type { Settings } from "../src/files/settings";
import { readBoth } from "./both";
import type { Chosen } from "./cases";
import { classesOf } from "./counts";
import { classColour, css, picture } from "./pictures";
import { readPicture } from "./readers/registry";

/** What is drawn of one case: pictures as data URIs that lie over each other. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  /** Width by height as it is in space. */
  readonly aspect: number;
  /** "slice 12 of 40" */
  readonly where?: string;
  readonly image?: string;
  readonly truth: string;
  readonly pred: string;
  readonly difference: string;
  readonly other?: string;
  readonly legend: readonly { readonly colour: string; readonly means: string }[];
}

/** Labels by place, 0 being background. */
interface Labels {
  readonly truth: Places;
  readonly pred: Places;
  readonly names: readonly number[];
}

/** The last mask that holds each pixel: overlapping ones cannot all be seen. */
function topMost(data: ArrayLike<number>, channels: number, threshold: number, first: number): Int32Array {
  const size = data.length / channels;
  return Int32Array.from({ length: size }, (_, i) => {
    for (let c = channels - 1; c >= first; c--) if (data[c * size + i] > threshold) return c + 1 - first;
    return 0;
  });
}

function labelsOf(pair: Pair): Labels {
  const { pred, target, ids, options, overlapping } = pair,
    threshold = options.activation === "none" ? 0.5 : 0,
    first = overlapping ? 0 : 1,
    whole = pred.data instanceof Float32Array;
  const names = overlapping ? [0, ...ids] : ids,
    truth = overlapping ? topMost(target.data, ids.length, 0.5, 0) : (target.data as Places);
  const own = classesOf(pair) ?? (whole ? topMost(pred.data, pred.shape[1], threshold, first) : (pred.data as Places));
  return { truth, pred: own, names };
}

/** Longer sides are shown smaller: a report holds many pictures. */
const longest = 288;

/** The plane of a volume that is drawn, and which of its pixels. */
interface View {
  readonly width: number;
  readonly height: number;
  readonly at: (x: number, y: number) => number;
}

function viewOf(spatial: readonly number[], slice: number): View {
  const [high, wide] = [spatial.at(-2) ?? 1, spatial.at(-1) ?? 1],
    step = Math.max(1, Math.max(high, wide) / longest),
    [height, width] = [Math.ceil(high / step), Math.ceil(wide / step)];
  return {
    ...{ width, height },
    at: (x, y) => slice * high * wide + Math.min(high - 1, Math.floor(y * step)) * wide + Math.floor(x * step),
  };
}

function worstSlice({ truth, pred }: Labels, spatial: readonly number[]): number {
  if (spatial.length < 3) return 0;
  const size = spatial[1] * spatial[2],
    wrong = new Float64Array(spatial[0]),
    shown = new Float64Array(spatial[0]);
  for (let i = 0; i < truth.length; i++) {
    const z = Math.floor(i / size);
    if (truth[i] !== pred[i]) wrong[z]++;
    if (truth[i] > 0) shown[z]++;
  }
  const counts = wrong.some((n) => n > 0) ? wrong : shown;
  return counts.indexOf(Math.max(...counts));
}

type Colour = readonly [number, number, number, number];

function paint({ width, height, at }: View, colour: (i: number, x: number, y: number) => Colour): string {
  const data = new Uint8Array(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(colour(at(x, y), x, y), 4 * (y * width + x));
  return picture(data, width, height).uri;
}

const clear: Colour = [0, 0, 0, 0],
  /** Okabe and Ito's blue, orange and purple; what is right is grey. */
  kinds = { missed: [0, 114, 178], extra: [230, 159, 0], wrong: [204, 121, 167], right: [150, 150, 150] } as const;

export const differenceLegend = [
  { colour: css(kinds.missed), means: "missed" },
  { colour: css(kinds.extra), means: "too much" },
  { colour: css(kinds.wrong), means: "another class" },
  { colour: css(kinds.right), means: "right" },
  { colour: "#fff", means: "the truth's outline" },
];

function draw(view: View, { truth, pred, names }: Labels, pictured: boolean) {
  const alpha = pictured ? 140 : 255,
    ground: Colour = pictured ? clear : [24, 24, 32, 255],
    isVoid = (i: number) => truth[i] >= names.length;
  const shade =
    (labels: Places) =>
    (i: number): Colour => {
      const place = labels[i];
      if (place >= names.length) return [128, 128, 128, alpha];
      return place === 0 ? ground : [...classColour(place), alpha];
    };
  const differs = (i: number, x: number, y: number): Colour => {
    if (isVoid(i)) return [128, 128, 128, alpha];
    const edge = [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ].some(([dx, dy]) => {
      const [nx, ny] = [x + dx, y + dy];
      return nx >= 0 && ny >= 0 && nx < view.width && ny < view.height && truth[view.at(nx, ny)] !== truth[i];
    });
    if (edge && truth[i] > 0) return [255, 255, 255, 255];
    if (truth[i] === pred[i]) return truth[i] === 0 ? ground : [...kinds.right, pictured ? 70 : 255];
    const kind = pred[i] === 0 ? kinds.missed : truth[i] === 0 ? kinds.extra : kinds.wrong;
    return [...kind, pictured ? 200 : 255];
  };
  return { truth: paint(view, shade(truth)), pred: paint(view, shade(pred)), difference: paint(view, differs) };
}

/** The image below, stretched from black to white. */
async function imageOf(path: string, spatial: readonly number[], view: View): Promise<string> {
  const { data, channels } = await readPicture(path, spatial),
    colours = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let y = 0; y < view.height; y++)
    for (let x = 0; x < view.width; x++)
      for (const c of colours) {
        const v = data[view.at(x, y) * channels + c];
        if (v < low) low = v;
        if (v > high) high = v;
      }
  const grey = (i: number, c: number) =>
    Math.round((255 * (data[i * channels + c] - low)) / Math.max(high - low, 1e-9));
  return paint(view, (i) => [grey(i, colours[0]), grey(i, colours[1]), grey(i, colours[2]), 255]);
}

/** Reads a case once more and draws the plane where most is wrong. */
export async function drawCase(each: Chosen, sample: number, contents: Contents, own: Settings): Promise<Drawn> {
  const settings = each.spacing ? { ...own, spacing: each.spacing } : own;
  const pairOf = async (pred: string) => {
    const both = await readBoth(pred, each.target, settings),
      pair = pairsOf(both, contents, settings).pairs[sample];
    return { pair, spatial: both.spatial, labels: labelsOf(pair) };
  };
  const { pair, spatial, labels } = await pairOf(each.pred),
    slice = worstSlice(labels, spatial),
    view = viewOf(spatial, slice),
    drawn = draw(view, labels, each.image !== undefined),
    sizes = pair.spacing ?? spatial.map(() => 1),
    aspect = ((spatial.at(-1) ?? 1) * (sizes.at(-1) ?? 1)) / ((spatial.at(-2) ?? 1) * (sizes.at(-2) ?? 1));
  const shown = [...new Set([...labels.truth, ...labels.pred])].filter(
    (place) => place > 0 && place < labels.names.length,
  );
  return {
    ...{ width: view.width, height: view.height, aspect, ...drawn },
    ...(spatial.length > 2 && { where: `slice ${slice} (0 to ${spatial[0] - 1}), where most is wrong` }),
    ...(each.image !== undefined && { image: await imageOf(each.image, spatial, view) }),
    ...(each.other !== undefined && {
      other: draw(view, (await pairOf(each.other)).labels, each.image !== undefined).difference,
    }),
    legend: shown
      .sort((a, b) => a - b)
      .slice(0, 7)
      .map((place) => ({ colour: css(classColour(place)), means: `class ${labels.names[place]}` })),
  };
}
