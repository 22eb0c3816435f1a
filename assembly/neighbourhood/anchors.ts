import { needs, Said, say } from "../protocol";
import { dilate, image } from "./image";
import { BOUNDARY, RIGHT } from "./marks";

/**
 * Boundary pixels as anchors (assembly/neighbourhood/marks.ts) of windows, and the neighbours that make pairs with them
 * or belong to the centre of their class.
 */
@unmanaged
class Windows {
  marks: usize;
  reach: i32;
  classes: i32;
  /** Whether only neighbours that are predicted right make pairs. */
  aware: bool;
  /** Room for the addresses of a window's records. */
  members: usize;

  /** Whether the window around a pixel lies within the image. */
  @inline inside(y: i32, x: i32): bool {
    return y >= this.reach && x >= this.reach && y < image.height - this.reach && x < image.width - this.reach;
  }
  @inline mark(y: i32, x: i32): i32 {
    return load<i32>(this.marks + ((<usize>(y * image.width + x)) << 2));
  }
  /** Whether a neighbour makes a pair. */
  @inline pairs(mark: i32): bool {
    return mark >= 0 && (!this.aware || (mark & RIGHT) != 0);
  }
}

export const windows = changetype<Windows>(memory.data(offsetof<Windows>(), 16));

export function setWindows(marks: usize, reach: i32, classes: i32, aware: bool, members: usize): void {
  say(Said.Windows, marks);
  windows.marks = marks;
  windows.reach = reach;
  windows.classes = classes;
  windows.aware = aware;
  windows.members = members;
}

/** What a neighbour of this label has in its mark: as many of its bits as `kept` leaves. */
@final
class Members {
  @inline static kept(right: bool): i32 {
    return right ? ~BOUNDARY : ~(BOUNDARY | RIGHT);
  }
  @inline static mark(label: i32, right: bool): i32 {
    return (label << 2) | (right ? RIGHT : 0);
  }
}

/** Appends the records of a row's pixels from column u on whose mark is the wanted one; returns the end of the list. */
function append(out: usize, v: i32, u: i32, count: i32, kept: i32, wanted: i32): usize {
  const size = image.record;
  let at = windows.marks + ((<usize>(v * image.width + u)) << 2),
    record = image.row(v) + <usize>u * size;
  for (const end = at + ((<usize>count) << 2); at < end; at += 4, record += size) {
    store<usize>(out, record); // overwritten by the next if it is none
    out += (<usize>((load<i32>(at) & kept) == wanted)) << 2;
  }
  return out;
}

/**
 * Lists the records of the neighbours of a pixel that have its label and, if `right`, are predicted right: the members
 * of its centre. What lies beyond the image is absent.
 */
export function listMembers(y: i32, x: i32, label: i32, right: bool): i32 {
  const kept = Members.kept(right),
    wanted = Members.mark(label, right),
    first = max(0, x - windows.reach),
    last = min(image.width - 1, x + windows.reach);
  let out = windows.members;
  for (let v = max(0, y - windows.reach), end = min(image.height - 1, y + windows.reach); v <= end; v++) {
    if (v != y) out = append(out, v, first, last - first + 1, kept, wanted);
    else out = append(append(out, v, first, x - first, kept, wanted), v, x + 1, last - x, kept, wanted);
  }
  return <i32>((out - windows.members) >> 2);
}

/** Whether there is one. */
function hasMembers(y: i32, x: i32, label: i32, right: bool): bool {
  const kept = Members.kept(right),
    wanted = Members.mark(label, right),
    first = max(0, x - windows.reach),
    last = min(image.width - 1, x + windows.reach);
  for (let v = max(0, y - windows.reach), end = min(image.height - 1, y + windows.reach); v <= end; v++) {
    for (let u = first; u <= last; u++) if ((windows.mark(v, u) & kept) == wanted && (u != x || v != y)) return true;
  }
  return false;
}

/** How many pixels of the window around a pixel, itself included, make pairs. */
function countPairs(y: i32, x: i32): i32 {
  const size = 2 * windows.reach + 1,
    least = windows.aware ? RIGHT : 0,
    row = (<usize>image.width) << 2;
  let count = 0;
  for (
    let v = 0, start = windows.marks + ((<usize>((y - windows.reach) * image.width + x - windows.reach)) << 2);
    v < size;
    v++, start += row
  ) {
    for (let at = start, end = start + ((<usize>size) << 2); at < end; at += 4) {
      const mark = load<i32>(at);
      count += i32(mark >= 0) & i32((mark & RIGHT) >= least);
    }
  }
  return count;
}

/**
 * How many pairs and anchors a sample has: adds to float64 at `counts`, pairs first, then the anchors of each class,
 * then those with any neighbours of their class.
 */
export function countAnchors(counts: usize): void {
  needs(Said.Windows);
  needs(Said.Image);
  const anchors = counts + 8,
    all = anchors + ((<usize>windows.classes) << 3);
  let pairs = 0;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const mark = windows.mark(y, x),
        label = mark >> 2,
        at = (<usize>label) << 3;
      if (mark < 0 || !(mark & BOUNDARY)) continue;
      if (windows.inside(y, x)) pairs += countPairs(y, x) - i32(windows.pairs(mark));
      if (mark & RIGHT && hasMembers(y, x, label, true)) store<f64>(anchors + at, load<f64>(anchors + at) + 1);
      if (!windows.aware && hasMembers(y, x, label, false)) store<f64>(all + at, load<f64>(all + at) + 1);
    }
  }
  store<f64>(counts, load<f64>(counts) + <f64>pairs);
}

/** The pixels whose features matter: those on boundaries, and their neighbours that make pairs or centres. */
export function markNeeded(needed: usize, spare: usize): void {
  needs(Said.Windows);
  needs(Said.Image);
  const pixels = <usize>(image.height * image.width);
  for (let i: usize = 0; i < pixels; i++) {
    const mark = load<i32>(windows.marks + (i << 2));
    store<u8>(needed + i, u8(mark >= 0 && (mark & BOUNDARY) != 0));
  }
  dilate(needed, spare, image.height, image.width, windows.reach);
  for (let i: usize = 0; i < pixels; i++) {
    const mark = load<i32>(windows.marks + (i << 2));
    if (!windows.pairs(mark) && (mark < 0 || !(mark & BOUNDARY))) store<u8>(needed + i, 0);
  }
}
