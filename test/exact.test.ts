import { describe, expect, test } from "vitest";
import { ByteReader, ByteWriter } from "../src/exact/bytes";
import { ExactSum } from "../src/exact/exactSum";
import { spreadOf } from "../src/exact/spread";
import { Random } from "./support/random";

const bits = new DataView(new ArrayBuffer(8));
/** A float64 in units of 2^-1074. */
function units(x: number): bigint {
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0),
    exponent = Number((word >> 52n) & 0x7ffn),
    fraction = word & 0xfffffffffffffn,
    size = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return word >> 63n ? -size : size;
}
/** The nearest float64 to so many units, ties to even: the candidates are compared as whole numbers. */
function nearest(sum: bigint): number {
  const negative = sum < 0n,
    size = negative ? -sum : sum;
  let [low, high] = [0n, 0x7ff0000000000000n];
  const at = (word: bigint) => {
    bits.setBigUint64(0, word);
    return bits.getFloat64(0);
  };
  const limit = 1n << 2098n,
    of = (word: bigint) => (word === 0x7ff0000000000000n ? limit : units(at(word)));
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (of(middle) <= size) low = middle;
    else high = middle;
  }
  const [below, above] = [size - of(low), of(high) - size],
    word = below < above || (below === above && low % 2n === 0n) ? low : high;
  return negative ? -at(word) || 0 : at(word);
}

/** Any float64 that is finite: all exponents, subnormals among them. */
function anyFloat(random: Random): number {
  for (;;) {
    bits.setUint32(0, random.below(2 ** 32));
    bits.setUint32(4, random.below(2 ** 32));
    const x = bits.getFloat64(0);
    if (Number.isFinite(x)) return x;
  }
}
const kinds: Record<string, (random: Random) => number> = {
  "of all exponents": anyFloat,
  subnormal: (random) => (random.below(2 ** 30) - 2 ** 29) * 2 ** -1074,
  "about the smallest normal": (random) => (random.next() - 0.5) * 2 ** -1020,
  "near the largest": (random) => (random.next() - 0.5) * Number.MAX_VALUE,
  "of one size": (random) => random.next(),
  "that cancel": (random) => (random.below(2) ? 1 : -1) * 2 ** random.below(120),
  "that tie": (random) => [2 ** 53, 1, -1, 2 ** -53, 0.5, 3][random.below(6)],
};
const sumOf = (numbers: Iterable<number>) => {
  const sum = new ExactSum();
  for (const x of numbers) sum.add(x);
  return sum;
};
const bytesOf = (sum: ExactSum) => {
  const out = new ByteWriter();
  sum.write(out);
  return out.end();
};
const shuffled = (random: Random, list: readonly number[]) =>
  list
    .map((x) => ({ x, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ x }) => x);

describe("an exact sum", () => {
  test.each(Object.keys(kinds))("of numbers %s is the nearest float64 of whole-number arithmetic", (kind) => {
    const random = new Random(31);
    for (let round = 0; round < 300; round++) {
      const numbers = Array.from({ length: 1 + random.below(40) }, () => kinds[kind](random)),
        exact = numbers.reduce((sum, x) => sum + units(x), 0n);
      expect(sumOf(numbers).value).toBe(nearest(exact));
    }
  });

  test.each(Object.keys(kinds))("of numbers %s has the same bytes in any order and any parts", (kind) => {
    const random = new Random(32),
      numbers = Array.from({ length: 60 }, () => kinds[kind](random)),
      whole = bytesOf(sumOf(numbers));
    for (let round = 0; round < 100; round++) {
      const order = shuffled(random, numbers),
        parts = Array.from({ length: 1 + random.below(8) }, () => new ExactSum());
      for (const x of order) parts[random.below(parts.length)].add(x);
      while (parts.length > 1) {
        const [taken] = parts.splice(random.below(parts.length), 1);
        parts[random.below(parts.length)].merge(taken);
      }
      expect(bytesOf(parts[0])).toEqual(whole);
    }
    const read = ExactSum.read(new ByteReader("sum", whole));
    expect(bytesOf(read)).toEqual(whole);
    read.add(1);
    expect(read.value).toBe(sumOf([...numbers, 1]).value);
  });

  test("of many numbers passes carries on in time", () => {
    const sum = new ExactSum(),
      twice = new ExactSum();
    for (let i = 0; i < 1000; i++) sum.add(Number.MAX_SAFE_INTEGER);
    for (let i = 0; i < 27; i++) {
      twice.merge(sum);
      sum.merge(twice);
    }
    // 1000 times the Fibonacci number F(55), which grew as the two were merged into each other.
    const fibonacci = 139583862445n;
    expect(sum.value).toBe(Number(1000n * BigInt(Number.MAX_SAFE_INTEGER) * fibonacci));
  });

  test.each([
    [[Number.NaN, 1], Number.NaN],
    [[Infinity, 1, -5], Infinity],
    [[-Infinity, Number.MAX_VALUE], -Infinity],
    [[Infinity, -Infinity], Number.NaN],
    [[Number.MAX_VALUE, Number.MAX_VALUE], Infinity],
    [[Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE], Number.MAX_VALUE],
    [[], 0],
    [[-0, 0], 0],
    [[5e-324, -5e-324], 0],
    [[1e300, 1, -1e300], 1],
  ])("of %j is %d", (numbers, expected) => {
    const sum = sumOf(numbers),
      merged = new ExactSum();
    merged.merge(sum);
    expect(sum.value).toBe(expected);
    expect(ExactSum.read(new ByteReader("sum", bytesOf(merged))).value).toBe(expected);
  });
});

test("a spread leaves out what is undefined", () => {
  expect(spreadOf(Float64Array.of(3, Number.NaN, 1, 2, 10))).toEqual({ mean: 4, median: 2.5, defined: 4 });
  expect(spreadOf(Float64Array.of(Number.NaN))).toEqual({ mean: Number.NaN, median: Number.NaN, defined: 0 });
  expect(spreadOf(Float64Array.of(1, Infinity, 2))).toEqual({ mean: Infinity, median: 2, defined: 3 });
});
