/** Counts of two digits, of 10 bits at most. */
const counts: usize = memory.data(2 * 1024 * 4, 16);
/** Below this a record moves past few others, and tables cost more than it. */
const FEW: usize = 48 << 3;
/** Below this two digits' tables cost more than four passes. */
const MANY: usize = 256 << 3;

/**
 * Sorts records of 64 bits from `from` to `to` by the lowest `bits` of their upper half, ascending and stable, in
 * place; all other bits of the upper half must be alike. `spare` takes as many bytes.
 */
export function sortRecords(from: usize, to: usize, spare: usize, bits: u32): void {
  if (to - from <= FEW) insert(from, to);
  else if (to - from < MANY || bits > 20) {
    const width = (bits + 3) >> 2;
    twoDigits(from, to, spare, 0, width);
    twoDigits(from, to, spare, 2 * width, width);
  } else twoDigits(from, to, spare, 0, (bits + 1) >> 1);
}

function insert(from: usize, to: usize): void {
  for (let at = from + 8; at < to; at += 8) {
    const record = load<u64>(at),
      key = <u32>(record >> 32);
    let place = at;
    for (; place > from && load<u32>(place - 8, 4) > key; place -= 8) store<u64>(place, load<u64>(place - 8));
    store<u64>(place, record);
  }
}

/** Puts the records in the order of two digits from bit `low` on: to `spare` by the lower, and back by the upper. */
function twoDigits(from: usize, to: usize, spare: usize, low: u32, width: u32): void {
  const mask: u32 = (1 << width) - 1,
    size = (<usize>4) << width,
    upper = counts + size,
    high = low + width;
  memory.fill(counts, 0, 2 * size);
  for (let at = from; at < to; at += 8) {
    const key = load<u32>(at, 4),
      one = counts + ((<usize>((key >> low) & mask)) << 2),
      other = upper + ((<usize>((key >> high) & mask)) << 2);
    store<u32>(one, load<u32>(one) + 8);
    store<u32>(other, load<u32>(other) + 8);
  }
  let first = <u32>spare,
    second = <u32>from;
  for (let bin = counts; bin < upper; bin += 4) {
    const many = load<u32>(bin),
      more = load<u32>(bin + size);
    store<u32>(bin, first);
    store<u32>(bin + size, second);
    first += many;
    second += more;
  }
  move(from, to, counts, low, mask);
  move(spare, spare + (to - from), upper, high, mask);
}

function move(from: usize, to: usize, starts: usize, low: u32, mask: u32): void {
  for (let at = from; at < to; at += 8) {
    const record = load<u64>(at),
      bin = starts + ((<usize>((<u32>(record >> 32) >> low) & mask)) << 2),
      place = load<u32>(bin);
    store<u32>(bin, place + 8);
    store<u64>(place, record);
  }
}
