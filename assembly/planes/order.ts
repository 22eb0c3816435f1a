import { sortRecords } from "../math/sort";
import { VOID } from "./errors";

/**
 * Planes of errors (errors.ts), one or several `stride` bytes apart, in descending order, equal ones in their own:
 * records of the error's place, counted in numbers from the first plane on, with the sign of the error, and above it
 * the key, which is what the bits of the largest error exceed the error's by. The leading digit comes first, straight
 * from the planes, so that each bucket is sorted where the caches hold it.
 */
@unmanaged
export class Order {
  /** Bits of the largest error. */
  most: i32;
  /** The largest key of a record that matters. */
  last: u32;
  /** 1: an error is NaN. */
  unknown: i32;
  /** How many records there are but for those that fill up. */
  sorted: i32;
}
export const order = changetype<Order>(memory.data(offsetof<Order>(), 16));

const INFINITY: i32 = 0x7f800000;
/** Counts of the leading digit; neighbours count in tables of their own. */
const TABLE: usize = 1025 * 4;
const table: usize = memory.data(2 * 1025 * 4, 16);

/** Of planes of `count` errors, the largest, and the least of the foreground or of all. */
export function measure(errors: usize, planes: i32, stride: usize, count: i32, all: bool): void {
  const magnitude = i32x4.splat(0x7fffffff),
    infinity = i32x4.splat(INFINITY),
    absent = i32x4.splat(VOID);
  let most = i32x4.splat(-1),
    least = magnitude,
    unknown = i32x4.splat(0);
  for (let plane = 0; plane < planes; plane++, errors += stride) {
    for (let at = errors, end = at + ((<usize>count) << 2); at < end; at += 16) {
      const x = v128.load(at),
        bits = v128.and(x, magnitude),
        beyond = i32x4.gt_s(bits, infinity),
        own = all ? v128.not(beyond) : v128.andnot(i32x4.shr_s(x, 31), beyond);
      most = i32x4.max_s(most, v128.or(bits, i32x4.shl(beyond, 31)));
      least = i32x4.min_s(least, v128.bitselect(bits, magnitude, own));
      unknown = v128.or(unknown, v128.andnot(beyond, i32x4.eq(bits, absent)));
    }
  }
  order.most = max(
    max(i32x4.extract_lane(most, 0), i32x4.extract_lane(most, 1)),
    max(i32x4.extract_lane(most, 2), i32x4.extract_lane(most, 3)),
  );
  order.last =
    order.most -
    min(
      min(i32x4.extract_lane(least, 0), i32x4.extract_lane(least, 1)),
      min(i32x4.extract_lane(least, 2), i32x4.extract_lane(least, 3)),
    );
  order.unknown = v128.any_true(unknown) ? 1 : 0;
}

/**
 * The records of measured planes, sorted up to the last that matters; `count`, a plane's, is a multiple of four. Fills
 * up with records of the last one's place and error 0 to a multiple of four, which it returns: whoever writes to their
 * places writes the last one's last. `records` takes 8 bytes a number and 32 more.
 */
export function sortErrors(errors: usize, planes: i32, stride: usize, records: usize, spare: usize, count: i32): i32 {
  const last = order.last,
    digits = max(min(22 - <i32>clz(count * planes), 10), 4),
    shift = max(32 - <i32>clz(last) - digits, 0),
    bins = (last >> shift) + 1;
  memory.fill(table, 0, 2 * TABLE);
  // What lies beyond the last bucket shares one more. Four alike beyond the last key, as background is, are left out.
  const most = i32x4.splat(order.most),
    magnitude = i32x4.splat(0x7fffffff),
    lasts = i32x4.splat(last),
    rest = i32x4.splat(bins << shift);
  const bytes = (<usize>count) << 2;
  for (let plane = 0, first = errors; plane < planes; plane++, first += stride) {
    for (let at = first, end = at + bytes; at < end; at += 16) {
      const key = i32x4.sub(most, v128.and(v128.load(at), magnitude));
      if (v128.any_true(i32x4.le_u(key, lasts))) {
        const bin = i32x4.shl(i32x4.shr_u(i32x4.min_u(key, rest), shift), 2);
        add(table + <usize>i32x4.extract_lane(bin, 0));
        add(table + TABLE + <usize>i32x4.extract_lane(bin, 1));
        add(table + <usize>i32x4.extract_lane(bin, 2));
        add(table + TABLE + <usize>i32x4.extract_lane(bin, 3));
      }
    }
  }
  let start = <u32>records;
  for (let bin = table, beyond = table + ((<usize>bins) << 2); bin <= beyond; bin += 4) {
    const own = (load<u32>(bin) + load<u32>(bin, TABLE)) << 3;
    store<u32>(bin, start);
    start += own;
  }
  for (let plane = 0, first = errors; plane < planes; plane++, first += stride) {
    let place = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(<i32>((first - errors) >> 2)));
    for (let at = first, end = at + bytes; at < end; at += 16) {
      const x = v128.load(at),
        key = i32x4.sub(most, v128.and(x, magnitude));
      if (v128.any_true(i32x4.le_u(key, lasts))) {
        const bin = i32x4.shl(i32x4.shr_u(i32x4.min_u(key, rest), shift), 2),
          who = v128.or(place, v128.andnot(x, magnitude)),
          low = v128.shuffle<i32>(who, key, 0, 4, 1, 5),
          high = v128.shuffle<i32>(who, key, 2, 6, 3, 7);
        v128.store_lane<i64>(next(table + <usize>i32x4.extract_lane(bin, 0)), low, 0);
        v128.store_lane<i64>(next(table + <usize>i32x4.extract_lane(bin, 1)), low, 1);
        v128.store_lane<i64>(next(table + <usize>i32x4.extract_lane(bin, 2)), high, 0);
        v128.store_lane<i64>(next(table + <usize>i32x4.extract_lane(bin, 3)), high, 1);
      }
      place = i32x4.add(place, i32x4.splat(4));
    }
  }
  let from = records;
  for (let bin = table, beyond = table + ((<usize>bins) << 2); bin < beyond; bin += 4) {
    const to = <usize>load<u32>(bin);
    if (to - from > 8) sortRecords(from, to, spare, shift);
    from = to;
  }
  const sorted = <i32>((from - records) >> 3),
    whole = (sorted + 3) & ~3;
  order.sorted = sorted;
  for (let i = sorted; i < whole; i++, from += 8)
    store<u64>(from, ((<u64>order.most) << 32) | <u64>(load<u32>(from - 8) & 0x7fffffff));
  return whole;
}

function add(bin: usize): void {
  store<u32>(bin, load<u32>(bin) + 1);
}

/** Where the next record of a bucket goes. */
function next(bin: usize): usize {
  const place = load<u32>(bin);
  store<u32>(bin, place + 8);
  return <usize>place;
}
