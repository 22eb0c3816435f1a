import { boundaryMask } from "../math/boundary";
import { needs, Said, say } from "../protocol";

/**
 * An image of which only some pixels are looked at: each row's are listed, what was passed for them is staged, and a
 * record is made of each. As many rows of records as a window is high take turns in `ring`, so that memory does not
 * grow with the image's height.
 */
@unmanaged
export class Image {
  height: i32;
  width: i32;
  slots: i32;
  /** Bytes of a record. */
  record: usize;
  ring: usize;
  /** The columns of a row's pixels, int32. */
  list: usize;
  /** Their numbers, `stride` bytes a pixel. */
  staged: usize;
  stride: usize;

  @inline row(y: i32): usize {
    return this.ring + <usize>(y % this.slots) * <usize>this.width * this.record;
  }
}

export const image = changetype<Image>(memory.data(offsetof<Image>(), 16));

export function setImage(
  height: i32,
  width: i32,
  slots: i32,
  record: usize,
  ring: usize,
  list: usize,
  staged: usize,
  stride: usize,
): void {
  say(Said.Image, ring);
  image.height = height;
  image.width = width;
  image.slots = slots;
  image.record = record;
  image.ring = ring;
  image.list = list;
  image.staged = staged;
  image.stride = stride;
}

/** Lists the columns of a row where a mask is not 0; returns how many. Masks have 16 bytes to spare. */
export function listRow(mask: usize, y: i32): i32 {
  needs(Said.Image);
  const row = mask + <usize>y * <usize>image.width;
  let count: usize = 0;
  for (let first = 0; first < image.width; first += 16) {
    if (!v128.any_true(v128.load(row + <usize>first))) continue; // most pixels are none
    for (let x = first, end = min(first + 16, image.width); x < end; x++) {
      store<i32>(image.list + (count << 2), x);
      count += <usize>(load<u8>(row + <usize>x) != 0);
    }
  }
  return <i32>count;
}

/**
 * Spreads a mask by so many steps across edges and corners; `spare` takes as many bytes and width + 1056 more, all with
 * 32 to spare.
 */
export function dilate(mask: usize, spare: usize, height: i32, width: i32, steps: i32): void {
  const size = <usize>height * <usize>width,
    out = spare,
    buffer = spare + ((size + 47) & ~15);
  if (steps < 1) return;
  // What lies near the mask is the boundary of what lies outside it.
  for (let i: usize = 0; i < size; i += 16) v128.store(mask + i, i8x16.eq(v128.load(mask + i), i8x16.splat(0)));
  boundaryMask(mask, out, buffer, 2, 1, height, width, false, steps, false);
  for (let i: usize = 0; i < size; i += 16) {
    const inside = v128.not(v128.load(mask + i));
    v128.store(mask + i, v128.and(v128.or(inside, i8x16.ne(v128.load(out + i), i8x16.splat(0))), i8x16.splat(1)));
  }
}
