import { Metric } from "./metric";

/**
 * D(y) = min over j of f(j) + (spacing (y - j))^2 along lines that go side by side in the lanes of a strip, 16 bytes a
 * place. The j that attains it never decreases with y (Aggarwal et al., "Geometric Applications of a Matrix-Searching
 * Algorithm", 1987): every 2^k-th y comes first, and each searches between its neighbours' j only, the last three
 * together. That is O(N log N) for a line instead of the O(N) of lower envelopes, but without divisions and with few
 * branches on the numbers, so that four lines (two in float64) share them.
 */
@unmanaged
class Search {
  result: usize; // a strip
  table: usize; // squared distances along the axis; 0 steps stand in the middle
  perSpacing: f64;
  lowest: usize; // of each place, counted from 1: bounds of the j of its lanes
  highest: usize;
}

export const line = changetype<Search>(memory.data(offsetof<Search>(), 16));

/** Bytes of a strip of so many places; solve writes three places beyond. */
export function stripBytes(places: i32): usize {
  return (<usize>(places + 8)) << 4;
}

/** Bytes of scratch for lines of so many places, beside the strips. */
export function searchBytes(longest: i32): usize {
  return <usize>(longest + 8) * (16 + 2 * 8 + 2 * 4);
}

export function setScratch(at: usize, longest: i32): void {
  const places = <usize>(longest + 8);
  line.result = at;
  line.lowest = at + (places << 4);
  line.highest = line.lowest + (places << 2);
  line.table = line.highest + (places << 2) + (places << 3);
}

/**
 * The least D(y) of the lanes; also keeps the bounds of the j where they attain it. Four j at a time, as most ranges
 * are that short and a branch that is guessed wrong costs as much as eight: up to three beyond `to` do no harm.
 */
function search<M extends Metric>(metric: M, strip: usize, y: i32, from: i32, to: i32): void {
  const size = metric.bytes(),
    end = strip + ((<usize>to) << 4);
  let f = strip + ((<usize>from) << 4),
    squares = line.table + <usize>((from - y) * <i32>size),
    best = metric.far(),
    at = i32x4.splat(from),
    j = at;
  do {
    for (let i: usize = 0; i < 4; i++) {
      const d = metric.add(v128.load(f + 16 * i), metric.splat(squares + i * size));
      at = i32x4.max_s(at, v128.and(metric.less(d, best), j));
      best = metric.min(best, d);
      j = i32x4.add(j, i32x4.splat(1));
    }
    f += 64;
    squares += 4 * size;
  } while (f <= end);
  const other = i8x16.shuffle(at, at, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7),
    low = i32x4.min_s(at, other),
    high = i32x4.max_s(at, other);
  store<i32>(line.lowest + ((<usize>y) << 2), min(i32x4.extract_lane(low, 0), i32x4.extract_lane(low, 1)));
  store<i32>(line.highest + ((<usize>y) << 2), max(i32x4.extract_lane(high, 0), i32x4.extract_lane(high, 1)));
  v128.store(line.result + ((<usize>y) << 4), best);
}

/** The least D(y), D(y + 1) and D(y + 2) of the lanes, two j at a time: one range, and one branch, serves three. */
function searchThree<M extends Metric>(metric: M, strip: usize, y: i32, from: i32, to: i32): void {
  const size = metric.bytes(),
    end = strip + ((<usize>to) << 4),
    result = line.result + ((<usize>y) << 4);
  let f = strip + ((<usize>from) << 4),
    squares = line.table + <usize>((from - y) * <i32>size),
    a = metric.far(),
    b = a,
    c = a;
  do {
    const one = v128.load(f),
      two = v128.load(f, 16),
      before = metric.splat(squares - size),
      here = metric.splat(squares);
    a = metric.min(a, metric.min(metric.add(one, here), metric.add(two, metric.splat(squares + size))));
    b = metric.min(b, metric.min(metric.add(one, before), metric.add(two, here)));
    c = metric.min(c, metric.min(metric.add(one, metric.splat(squares - 2 * size)), metric.add(two, before)));
    f += 32;
    squares += 2 * size;
  } while (f <= end);
  v128.store(result, a);
  v128.store(result, b, 16);
  v128.store(result, c, 32);
}

/** D of places [1, length] of a strip from f of the places [first, last], into the result. */
function places<M extends Metric>(metric: M, strip: usize, length: i32, first: i32, last: i32): void {
  const lowest = line.lowest,
    highest = line.highest;
  store<i32>(lowest, first);
  for (let step = 1 << (31 - clz(length)); step > 2; step >>= 1) {
    for (let y = step; y <= length; y += 2 * step) {
      let from = load<i32>(lowest + ((<usize>(y - step)) << 2)),
        to = y + step <= length ? load<i32>(highest + ((<usize>(y + step)) << 2)) : last;
      if (to - from > 15) {
        // What is further away than the place's own number cannot be less.
        const reach = <i32>(
          min(Math.sqrt(metric.largest(v128.load(strip + ((<usize>y) << 4)))) * line.perSpacing + 1.5, <f64>length)
        );
        from = max(from, y - reach);
        to = min(to, y + reach);
      }
      search<M>(metric, strip, y, from, to);
    }
  }
  // The three places behind every fourth.
  for (let y = 1; y <= length; y += 4) {
    const to = y + 3 <= length ? load<i32>(highest + ((<usize>(y + 3)) << 2)) : last;
    searchThree<M>(metric, strip, y, load<i32>(lowest + ((<usize>(y - 1)) << 2)), to);
  }
}

/**
 * D of a strip of `length` places in place. What lies outside the outermost numbers that are not 0 stays, and needs
 * only the zeros next to them.
 */
export function solve<M extends Metric>(metric: M, strip: usize, length: i32): void {
  for (let i = 0; i < 3; i++) v128.store(strip + ((<usize>(length + i)) << 4), metric.far());
  let start: usize = strip,
    end: usize = strip + ((<usize>(length - 1)) << 4);
  while (start <= end && !v128.any_true(v128.load(start))) start += 16;
  if (start > end) return;
  while (!v128.any_true(v128.load(end))) end -= 16;
  if (start > strip) start -= 16;
  if (end < strip + ((<usize>(length - 1)) << 4)) end += 16;
  let first = start,
    last = end;
  while (first <= last && !v128.any_true(metric.less(v128.load(first), metric.far()))) first += 16;
  if (first > last) return;
  while (!v128.any_true(metric.less(v128.load(last), metric.far()))) last -= 16;
  start -= 16;
  places<M>(metric, start, <i32>((end - start) >> 4), <i32>((first - start) >> 4), <i32>((last - start) >> 4));
  memory.copy(start + 16, line.result + 16, end - start);
}

export function setAxis<M extends Metric>(metric: M, length: i32, spacing: f64): void {
  line.perSpacing = 1 / spacing;
  for (let k = -length - 4; k <= length + 4; k++)
    metric.store(line.table + <usize>(k * <i32>metric.bytes()), <f64>k * spacing * (<f64>k * spacing));
}
