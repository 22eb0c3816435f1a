import type { Engine } from "../engine/engine.js";
import type { SampleSums } from "../engine/gathering.js";
import type { Job } from "../engine/job.js";
import { SegLossError } from "../errors.js";
import { ByteReader, ByteWriter } from "../exact/bytes.js";

const invalid = (what: string, why: string) => new SegLossError("INVALID_STATE", `${what}: ${why}`);

/** What some samples of a batch add up to, for one loss with its options. */
export class ShardSums {
  constructor(
    /** Loss, options and sizes, as JSON; sums of one text belong together. */
    readonly about: string,
    /** The place of the first sample in the batch. */
    readonly first: number,
    /** How many samples it is of. */
    readonly samples: number,
    /** @internal */
    readonly groups: readonly SampleSums[],
  ) {}

  /** To be sent to where the sums are merged. */
  toBytes(): Uint8Array {
    const out = new ByteWriter(),
      list = (numbers: Float64Array) => {
        out.uint(numbers.length);
        out.floats(numbers);
      };
    out.text(this.about);
    for (const n of [this.first, this.samples, this.groups.length]) out.uint(n);
    for (const { statistics, overlaps, tiles } of this.groups) {
      out.uint(overlaps.length);
      for (const numbers of [...overlaps, tiles, statistics.valid, statistics.total, statistics.squared]) list(numbers);
    }
    return out.end();
  }

  /**
   * What `toBytes` wrote.
   *
   * @throws {SegLossError} `INVALID_STATE` for bytes that were cut or changed, or are none of a shard
   */
  static fromBytes(bytes: Uint8Array): ShardSums {
    const from = new ByteReader("ShardSums.fromBytes", bytes),
      about = from.text();
    if (!about.startsWith('{"shard"')) from.refuse("the bytes are of a state, not of a shard's sums");
    const [first, samples, groups] = [from.uint(), from.uint(), from.uint()],
      list = () => from.floats(from.uint());
    return new ShardSums(
      about,
      first,
      samples,
      Array.from({ length: groups }, () => {
        const overlaps = Array.from({ length: from.uint() }, list),
          [tiles, valid, total, squared] = [list(), list(), list(), list()];
        return { statistics: { valid, total, squared }, overlaps, tiles };
      }),
    );
  }
}

/** Lists one after another. */
export function joined(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/**
 * The sums of neighbouring shards as one, in any order: those of all make the sums of the batch.
 *
 * @throws {SegLossError} `INVALID_STATE` for shards of other losses, options or sizes, that overlap or leave samples
 *   out
 */
export function mergeShards(shards: readonly (ShardSums | Uint8Array)[]): ShardSums {
  if (!Array.isArray(shards) || shards.length === 0)
    throw new SegLossError("INVALID_OPTION", "mergeShards: expected a list of what gather() gave, got none");
  const sorted = shards
      .map((shard) => (shard instanceof ShardSums ? shard : ShardSums.fromBytes(shard)))
      .sort((a, b) => a.first - b.first),
    [{ about, first, groups }] = sorted;
  let next = first;
  for (const shard of sorted) {
    if (shard.about !== about) throw invalid("mergeShards", `shards of different calls: ${about} and ${shard.about}`);
    if (shard.first < next) throw invalid("mergeShards", `sample ${shard.first} is in two shards`);
    if (shard.first > next) throw invalid("mergeShards", `no shard has samples ${next} to ${shard.first - 1}`);
    next = shard.first + shard.samples;
  }
  const merged = groups.map((group, g) => {
    const join = (of: (sums: SampleSums) => Float64Array) => joined(sorted.map((shard) => of(shard.groups[g])));
    return {
      statistics: {
        valid: join(({ statistics }) => statistics.valid),
        total: join(({ statistics }) => statistics.total),
        squared: join(({ statistics }) => statistics.squared),
      },
      overlaps: group.overlaps.map((_, j) => join(({ overlaps }) => overlaps[j])),
      tiles: join(({ tiles }) => tiles),
    };
  });
  return new ShardSums(about, first, next - first, merged);
}

/** What a shard's sums are of. */
interface ShardOf {
  readonly name: string;
  readonly options: object;
}

const aboutOf = ({ name, options }: ShardOf, { geometry }: Job, soft: boolean): string => {
  const { classes, spatial } = geometry;
  return JSON.stringify({ shard: name, options, classes, spatial, soft });
};

export function readFirst(what: string, first: unknown = 0): number {
  if (typeof first === "number" && Number.isInteger(first) && first >= 0) return first;
  throw new SegLossError(
    "INVALID_OPTION",
    `${what}: first must be the place of the shard's first sample in the batch, 0 or more, got ${String(first)}`,
  );
}

/** Gathers in the engine's place; `end` gives what was found. */
export function gathering(loss: ShardOf, first: number) {
  const groups: SampleSums[] = [];
  let about = "",
    samples = 0;
  return {
    evaluate(engine: Engine, job: Job, soft: boolean): number {
      about = aboutOf(loss, job, soft);
      samples = job.geometry.batch;
      groups.push(engine.gather(job));
      return 0;
    },
    end(): ShardSums {
      if (groups.length === 0)
        throw new SegLossError("UNSUPPORTED", `${loss.name}: has no terms, so that there is nothing to gather`);
      return new ShardSums(about, first, samples, groups);
    },
  };
}

const sameNumbers = (whole: Float64Array, own: Float64Array, first: number, samples: number) => {
  const width = own.length / samples;
  return own.every((n, i) => n === whole[first * width + i]);
};

/** Evaluates from the whole batch's sums in the engine's place; refuses what they cannot be of. */
export function fromSums(loss: ShardOf, given: ShardSums | Uint8Array, first: number) {
  const what = `${loss.name}: valueAndGradFrom`,
    whole = given instanceof ShardSums ? given : ShardSums.fromBytes(given);
  if (whole.first !== 0)
    throw invalid(what, `the sums begin at sample ${whole.first} of the batch; merge those of all shards`);
  let group = 0;
  return (engine: Engine, job: Job, soft: boolean): number => {
    const sums = whole.groups[group++],
      { batch } = job.geometry,
      about = aboutOf(loss, job, soft);
    if (about !== whole.about) throw invalid(what, `the sums are of another call: ${whole.about}, not ${about}`);
    if (first + batch > whole.samples)
      throw invalid(what, `the sums are of ${whole.samples} samples, the shard's are ${first} to ${first + batch - 1}`);
    const { statistics } = job;
    for (const kind of ["valid", "total", "squared"] as const)
      if (!sameNumbers(sums.statistics[kind], statistics[kind], first, batch))
        throw invalid(what, `target is not the one that was gathered at sample ${first}; is first right?`);
    return engine.runFrom(job, sums, first);
  };
}
