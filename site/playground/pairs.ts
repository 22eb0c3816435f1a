// The two pixels that a Hausdorff distance lies between, in a worker.
import type { SegLoss } from "segloss";
import type { Both, Pair } from "./protocol.js";

/** Borders of both sides in a window of the picture. */
interface Borders extends Both {
  readonly height: number;
  readonly width: number;
  /** Of its corner in the picture. */
  readonly x?: number;
  readonly y?: number;
}
interface Found {
  readonly pair: Pair;
  readonly distance: number;
}

/** A loop: through an iterator each of all pixels costs 200 ns. */
function pixelsOf(mask: Uint8Array): number[] {
  const at: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i]) at.push(i);
  return at;
}

/** The point of a border whose distance is the quantile of its side, of the worse side, and what is nearest to it. */
export function farthest(seg: SegLoss, share: number, borders: Borders, spacing: readonly number[]): Found | undefined {
  const [sy, sx] = spacing,
    { pred, target, height, width, x: left = 0, y: top = 0 } = borders,
    shape = [1, height, width],
    place = (at: number): [number, number] => [left + (at % width), top + Math.floor(at / width)];
  let worst: Found | undefined;
  for (const [side, other] of [
    [pred, target],
    [target, pred],
  ]) {
    if (!other.includes(1)) continue;
    // Its distances are from 1 to the nearest 0.
    const distance = seg.distanceTransform({ data: other.map((on) => 1 - on), shape }, { spacing }).data,
      at = pixelsOf(side).sort((a, b) => distance[a] - distance[b]),
      from = at[Math.ceil(share * (at.length - 1))];
    if (from === undefined || distance[from] <= (worst?.distance ?? 0)) continue;
    const [x, y] = [from % width, Math.floor(from / width)],
      away = (i: number) => Math.hypot(((i % width) - x) * sx, (Math.floor(i / width) - y) * sy);
    let to = from,
      least = Infinity;
    for (let i = 0; i < other.length; i++)
      if (other[i] && away(i) < least) {
        least = away(i);
        to = i;
      }
    worst = { pair: { from: place(from), to: place(to) }, distance: distance[from] };
  }
  return worst;
}

/**
 * The farthest pair of the lesion of the truth that lies farthest from the predicted ones that meet it; one that none
 * meets has no pair. Components do not touch across faces: the border of one is its share of the class's.
 */
export function worstLesion(
  seg: SegLoss,
  share: number,
  masks: Both,
  borders: Borders,
  spacing: readonly number[],
  connectivity: "face" | "edge" | "full",
): Found | undefined {
  const { height, width } = borders,
    numbers = (data: Uint8Array) => seg.connectedComponents({ data, shape: [1, height, width] }, { connectivity }).data,
    // Each is a view of memory that the next call may take.
    pred = numbers(masks.pred).slice(),
    target = numbers(masks.target).slice();
  const met = new Map<number, Set<number>>();
  for (let i = 0; i < target.length; i++) {
    if (!target[i] || !pred[i]) continue;
    const known = met.get(target[i]) ?? new Set();
    met.set(target[i], known.add(pred[i]));
  }
  let worst: Found | undefined;
  for (const [lesion, others] of met) {
    const isIts = (i: number) => target[i] === lesion || others.has(pred[i]);
    let [x0, y0, x1, y1] = [width, height, 0, 0];
    for (let i = 0; i < target.length; i++) {
      if (!isIts(i)) continue;
      const [x, y] = [i % width, Math.floor(i / width)];
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
    }
    const own = { pred: new Uint8Array((x1 - x0) * (y1 - y0)), target: new Uint8Array((x1 - x0) * (y1 - y0)) };
    for (let y = y0; y < y1; y++)
      for (let x = x0; x < x1; x++) {
        const i = y * width + x,
          at = (y - y0) * (x1 - x0) + x - x0;
        own.pred[at] = borders.pred[i] && others.has(pred[i]) ? 1 : 0;
        own.target[at] = borders.target[i] && target[i] === lesion ? 1 : 0;
      }
    const found = farthest(seg, share, { ...own, height: y1 - y0, width: x1 - x0, x: x0, y: y0 }, spacing);
    if (found && found.distance > (worst?.distance ?? 0)) worst = found;
  }
  return worst;
}
