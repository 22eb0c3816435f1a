import { grid } from "../math/extremes";
import { measure, order as ranks, sortErrors } from "../planes/order";

/**
 * Persistence of the superlevel sets of an image f: Hu, Li, Samaras, Chen, "Topology-Preserving Deep Image
 * Segmentation", 2019; Stucki, Paetzold, Shit, Menze, Bauer, "Topologically Faithful Image Segmentation via Induced
 * Matching of Persistence Barcodes", 2023. Pixels are closed squares: what is in touches 8 neighbours, what is out 4,
 * and everything beyond the image is out. Of volumes, whose voxels are closed cubes, only components are there: what is
 * in touches 26 neighbours.
 */

/**
 * The pixels from the largest to the least, equal ones in their order; false where one is NaN. `positions` takes where
 * each one is. `values` takes 16 bytes more than its `count` numbers fill, a multiple of four: those beyond the image
 * are void (errors.ts).
 */
export function orderPixels(
  values: usize,
  records: usize,
  spare: usize,
  count: i32,
  order: usize,
  positions: usize,
): bool {
  measure(values, 1, 0, count, true);
  if (ranks.unknown) return false;
  sortErrors(values, 1, 0, records, spare, count);
  for (let i: usize = 0, pixels = grid.pixels(); i < pixels; i++) {
    const pixel = load<u32>(records + (i << 3)) & 0x7fffffff;
    store<u32>(order + (i << 2), pixel);
    store<u32>(positions + ((<usize>pixel) << 2), <u32>i);
  }
  return true;
}

/** The oldest pixel of a component; paths are halved. */
function find(parents: usize, pixel: u32): u32 {
  while (true) {
    const at = parents + ((<usize>pixel) << 2),
      parent = load<u32>(at);
    if (parent == pixel) return pixel;
    const next = load<u32>(parents + ((<usize>parent) << 2));
    store<u32>(at, next);
    pixel = next;
  }
}

/** What is not in yet. */
const NONE: u32 = 0xffffffff;
/** Where pairs go, and where those of the current pixel begin. */
let end: usize = 0,
  first: usize = 0;
/** Whether those are pairs too that the pixel began at which they end. */
let every: bool = false;

/** Whether a is older than b: what lies beyond the image, which is no pixel, is older than all. */
function older(a: u32, b: u32, positions: usize, down: bool, outside: u32): bool {
  if (a == outside || b == outside) return a == outside;
  const first = load<u32>(positions + ((<usize>a) << 2)),
    second = load<u32>(positions + ((<usize>b) << 2));
  return down ? first < second : first > second;
}

/**
 * The component of `pixel`, after it has met that of a neighbour if that is in: the younger one ends. It is a pair
 * unless `pixel` began it. Of those that end at the same pixel the older come first, so that it does not matter which
 * neighbour is looked at before another.
 */
function meet(own: u32, other: u32, pixel: u32, parents: usize, positions: usize, down: bool, outside: u32): u32 {
  if (load<u32>(parents + ((<usize>other) << 2)) == NONE) return own;
  const found = find(parents, other);
  if (found == own) return own;
  const keeps = older(own, found, positions, down, outside),
    dying = keeps ? found : own,
    living = keeps ? own : found;
  store<u32>(parents + ((<usize>dying) << 2), living);
  if (every || dying != pixel) {
    let at = end;
    for (; at > first && older(dying, load<u32>(at - (down ? 8 : 4)), positions, down, outside); at -= 8)
      store<u64>(at, load<u64>(at - 8));
    store<u32>(at, down ? dying : pixel);
    store<u32>(at, down ? pixel : dying, 4);
    end += 8;
  }
  return living;
}

/**
 * Pairs of pixels at whose values a component (dimension 0) or a hole (1, of a single slice) begins and ends; returns
 * how many, of which the last of dimension 0 ends nowhere: its second pixel is not one. `parents` takes a number a
 * pixel and one more, `pairs` two. With the `positions` of another image than the `order` is of, pairs are those of the
 * image persistence, but for the last; with `all`, the k-th of any such positions begins, or ends, with the same event.
 */
export function persistence(
  order: usize,
  positions: usize,
  parents: usize,
  pairs: usize,
  dimension: i32,
  all: bool,
): i32 {
  const width = <u32>grid.width,
    height = <u32>grid.height,
    slice = width * height,
    pixels = <u32>grid.pixels(),
    deep = pixels > slice,
    down = dimension == 0;
  memory.fill(parents, 0xff, (<usize>pixels) << 2);
  store<u32>(parents + ((<usize>pixels) << 2), pixels);
  end = pairs;
  every = all;
  for (let i: u32 = 0; i < pixels; i++) {
    first = end;
    const pixel = load<u32>(order + ((<usize>(down ? i : pixels - 1 - i)) << 2)),
      z = deep ? pixel / slice : 0,
      inSlice = pixel - z * slice,
      y = inSlice / width,
      x = inSlice - y * width,
      left = x > 0,
      right = x + 1 < width,
      up = y > 0,
      below = y + 1 < height;
    let own = pixel;
    store<u32>(parents + ((<usize>pixel) << 2), pixel);
    if (up) own = meet(own, pixel - width, pixel, parents, positions, down, pixels);
    if (left) own = meet(own, pixel - 1, pixel, parents, positions, down, pixels);
    if (right) own = meet(own, pixel + 1, pixel, parents, positions, down, pixels);
    if (below) own = meet(own, pixel + width, pixel, parents, positions, down, pixels);
    if (down) {
      if (up && left) own = meet(own, pixel - width - 1, pixel, parents, positions, down, pixels);
      if (up && right) own = meet(own, pixel - width + 1, pixel, parents, positions, down, pixels);
      if (below && left) own = meet(own, pixel + width - 1, pixel, parents, positions, down, pixels);
      if (below && right) own = meet(own, pixel + width + 1, pixel, parents, positions, down, pixels);
      for (let at = z > 0 ? pixel - slice : pixel + slice; at < pixels && at <= pixel + slice; at += slice << 1)
        for (let j = up ? at - width : at, bottom = below ? at + width : at; j <= bottom; j += width)
          for (let k = left ? j - 1 : j, far = right ? j + 1 : j; k <= far; k++)
            own = meet(own, k, pixel, parents, positions, down, pixels);
    } else if (!(up && left && right && below)) own = meet(own, pixels, pixel, parents, positions, down, pixels);
  }
  if (down) {
    store<u32>(end, load<u32>(order));
    store<u32>(end, pixels, 4);
    end += 8;
  }
  return <i32>((end - pairs) >> 3);
}
