/**
 * Sorts `count` records of 64 bits by their upper half, ascending and stable, in three passes of 11 bits; `spare` takes
 * as many bytes. Returns where the sorted records lie: in `spare`, as the number of passes is odd.
 */
const counts: usize = memory.data(2048 * 4, 16);

export function sortRecords(records: usize, spare: usize, count: i32): usize {
  const bytes = (<usize>count) << 3;
  for (let shift = 32; shift < 65; shift += 11) {
    memory.fill(counts, 0, 2048 * 4);
    for (let at: usize = 0; at < bytes; at += 8) {
      const bin = counts + ((<usize>(load<u64>(records + at) >> shift) & 2047) << 2);
      store<u32>(bin, load<u32>(bin) + 1);
    }
    let start: u32 = 0;
    for (let bin: usize = 0; bin < 2048 * 4; bin += 4) {
      const size = load<u32>(counts + bin);
      store<u32>(counts + bin, start);
      start += size;
    }
    for (let at: usize = 0; at < bytes; at += 8) {
      const record = load<u64>(records + at);
      const bin = counts + ((<usize>(record >> shift) & 2047) << 2),
        to = load<u32>(bin);
      store<u32>(bin, to + 1);
      store<u64>(spare + ((<usize>to) << 3), record);
    }
    const swap = records;
    records = spare;
    spare = swap;
  }
  return records;
}
