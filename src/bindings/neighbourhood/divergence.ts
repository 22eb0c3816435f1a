import type { Activation } from "../../tensors/conventions.js";
import type { WholeContext } from "../context.js";
import { tilePixels } from "../tile.js";
import { type Channels, gather } from "./rows.js";

export interface DivergenceSource
  extends Pick<WholeContext, "kernels" | "activation" | "geometry" | "labels" | "ignoreIndex" | "parts"> {
  readonly pred: () => Float32Array;
}

/** Numbers of a pixel's distribution: its classes, or yes and no of each channel. */
export const entriesOf = (activation: Activation, classes: number): number =>
  activation === "sigmoid" || classes === 1 ? 2 * classes : classes;
/** Numbers staged for a pixel: an even one, the last of which is no class where their number is odd. */
export const stagedOf = (activation: Activation, classes: number): number =>
  activation === "sigmoid" || classes === 1 ? classes : classes + (classes & 1);
/** What an absent class is staged as. */
export const fillerOf = (activation: Activation): number => (activation === "softmax" ? -3e38 : 0);

/**
 * The error of a divergence v in float32: base + entropy H + linear |v| + root sqrt(|v|), H the entropy of the
 * distribution, at most `most`.
 */
interface ErrorBound {
  readonly base: number;
  readonly entropy: number;
  readonly linear: number;
  readonly root: number;
  readonly most: number;
}

/**
 * What the kernels' rounding can amount to, and a quarter more. With u = 2^-24, log P of a softmax is off by 4 u + 5 u
 * log C and P by 63 u of itself (its logit's distance to the largest, up to 60, is rounded); sum P |log P - log Q| <= v
 * + sqrt(2 v). A sigmoid's logarithms and those of probabilities are off by 9 u and 5 u of themselves: that is weighed
 * by P, hence the entropy.
 */
function errorBound(activation: Activation, classes: number): ErrorBound {
  const u = 1.25 * 2 ** -24,
    entries = entriesOf(activation, classes);
  switch (activation) {
    case "softmax":
      return {
        base: 4 * (4 + 5 * Math.log(classes)) * u,
        entropy: 0,
        linear: (entries + 70) * u,
        root: 2 * (entries + 70) * u,
        most: 0,
      };
    case "sigmoid":
      return {
        base: 0,
        entropy: 36 * u,
        linear: (entries + 20) * u,
        root: 2 * Math.sqrt(classes) * (entries + 10) * u,
        most: classes * Math.LN2,
      };
    case "none":
      return {
        base: 8 * u,
        entropy: 4 * (entries + 10) * u,
        linear: 2 * (entries + 10) * u,
        root: 0,
        most: entries / Math.E,
      };
  }
}

const LEAST = 1e-5,
  GROWTH = 1.2;
/** Pixels whose divergences are computed in float64 at a time. */
const BATCH = 256;
/** A guess looks at one vector of so many. */
const SAMPLE = 16;

/**
 * KL divergences of each pixel to the one below and to the right, in float32 with a bound of their errors
 * (assembly/neighbourhood/divergence.ts). Where a decision depends on the error, float64 decides: whole images in
 * float64 would take 3 times as long.
 */
export class NeighbourDivergences {
  readonly #steps = [LEAST];
  readonly #channels: Channels;
  #bound: ErrorBound;
  readonly #exact: { readonly index: number; readonly value: number }[] = [];
  /** The samples filled here in which one that counts is NaN. */
  readonly undefined = new Set<number>();

  private constructor(
    readonly source: DivergenceSource,
    /** Address of [batch, pixels], float32. */
    readonly at: number,
  ) {
    const { kernels, activation, geometry, pred, parts } = source,
      { batch, classes, pixels } = geometry,
      end = (at >>> 2) + batch * pixels;
    this.#channels = { data: pred, count: classes, geometry };
    this.#bound = errorBound(activation, classes);
    if (this.#fill()) {
      // Numbers that are no probabilities have no bound.
      this.#bound = { ...this.#bound, base: Number.POSITIVE_INFINITY };
      this.#fill();
    }
    parts.exchange(batch, () => kernels.memory.f32.subarray(at >>> 2, end));
    kernels.memory.f32.fill(0, end, end + 4);
  }

  /** Calls `work` with the divergences of all pixels. */
  static with<T>(source: DivergenceSource, work: (divergences: NeighbourDivergences) => T): T {
    const { batch, pixels } = source.geometry;
    return source.kernels.memory.with([batch * pixels * 4 + 64], "divergences of neighbours", (at) =>
      work(new NeighbourDivergences(source, at)),
    );
  }

  /** Fills all samples, or a share's own; true if a number of any that counts is no probability. */
  #fill(): boolean {
    const { kernels, activation, geometry, parts } = this.source,
      { batch, classes, spatial, pixels } = geometry,
      [height, width] = spatial;
    const tall = Math.max(1, Math.floor(tilePixels(classes) / width)),
      pitch = (tall + 1) * width * 4 + 64,
      entries = entriesOf(activation, classes);
    const { base, entropy, linear, root } = this.#bound,
      what = "divergences of neighbours";
    return kernels.memory.with([entries * pitch, entries * pitch, pitch], what, (prob, log, labels) => {
      kernels.exports.setRows(prob, log, labels, pitch, entries, width);
      kernels.exports.setDivergenceError(LEAST, base, entropy, linear, root);
      const improbable = parts.sum(batch, (b) => {
        let outside = 0;
        for (let y = 0, held = 0; y < height; y += tall) {
          const count = Math.min(tall, height - y),
            below = y + count < height ? 1 : 0,
            ready = held + count - below;
          if (this.#stage(b, y * width, count * width, held * width, [prob, log, labels, pitch])) outside = 1;
          if (kernels.exports.divergences(ready, below, this.at + 4 * (b * pixels + (y - held) * width)))
            this.undefined.add(b);
          kernels.exports.keepRow(held + count);
          held = 1;
        }
        return outside;
      });
      return improbable > 0;
    });
  }

  /** Distributions of consecutive pixels, from the one at `to` of the rows on. */
  #stage(b: number, from: number, length: number, to: number, [prob, log, labels, pitch]: readonly number[]): boolean {
    const { kernels, activation, geometry, pred, labels: target } = this.source,
      { classes, pixels, channelsLast } = geometry,
      size = tilePixels(classes);
    kernels.tile.layOut(classes);
    let outside = 0;
    for (let done = 0; done < length; done += size) {
      const count = Math.min(size, length - done),
        at = 4 * (to + done);
      kernels.tile.stage("pred", pred(), b * classes * pixels, pixels, from + done, count, channelsLast);
      if (target) kernels.labels.stage(target(), b * pixels + from + done, count);
      else kernels.labels.stageNone(count);
      kernels.memory.i32.set(kernels.labels.read(count), (labels + at) >>> 2);
      outside |= kernels.exports[`${activation}Planes`](count, prob + at, log + at, pitch);
    }
    return outside !== 0;
  }

  /** The k-th number that divergences are compared with. */
  #step(k: number): number {
    while (this.#steps.length <= k) this.#steps.push(GROWTH * this.#steps[this.#steps.length - 1]);
    return this.#steps[k];
  }

  #above(limit: number, stride = 1): number {
    const { kernels, geometry } = this.source;
    return kernels.exports.countAbove(this.at, geometry.batch * geometry.pixels, limit, stride);
  }

  /** About the first limit that fits, from a sample. */
  #guess(most: number): number {
    const fits = (k: number) => this.#above(this.#step(k), SAMPLE) * SAMPLE <= most;
    let last = 0,
      first = -1; // limits up to `first` do not fit, the one at `last` does
    while (!fits(last)) {
      first = last;
      last = 2 * last + 1;
    }
    while (last - first > 1) {
      const middle = (first + last) >> 1;
      if (fits(middle)) last = middle;
      else first = middle;
    }
    return last;
  }

  /** How far the error reaches around a limit: what is stored outside of this range is on the right side. */
  #range(limit: number): { low: number; high: number } {
    const { base, entropy, linear, root, most } = this.#bound,
      error = (v: number) => base + entropy * most + linear * v + root * Math.sqrt(v);
    if (base === Number.POSITIVE_INFINITY) return { low: 0, high: base };
    return { low: Math.max(0, limit - error(limit)), high: limit + error(limit + 2 * error(limit)) };
  }

  /** Whether no more than `most` divergences exceed the k-th limit. */
  #fits(k: number, most: number): boolean {
    const limit = this.#step(k),
      { low, high } = this.#range(limit),
      known = () => this.#exact.reduce((n, { value }) => n + (value > limit ? 1 : 0), 0);
    if (this.#above(high) + known() > most) return false;
    if (this.#above(low) + known() <= most) return true;
    this.#refine(low, high);
    return this.#above(low) + known() <= most;
  }

  /**
   * The first of the limits, each 1.2 times the one before, that no more than `most` divergences exceed. Afterwards
   * those that do are above it.
   */
  limit(most: number): number {
    let k = this.#guess(most);
    if (this.#fits(k, most)) while (k > 0 && this.#fits(k - 1, most)) k--;
    else
      do k++;
      while (!this.#fits(k, most));
    const limit = this.#step(k),
      { low, high } = this.#range(limit);
    this.#refine(low, high);
    for (const { index, value } of this.#exact)
      this.source.kernels.memory.f32[(this.at >>> 2) + index] = value > limit ? Number.POSITIVE_INFINITY : 0;
    return limit;
  }

  /** Replaces what is stored in the range by exact divergences, kept aside. */
  #refine(low: number, high: number): void {
    const { kernels, activation, geometry } = this.source,
      { batch, classes, pixels } = geometry;
    const staged = stagedOf(activation, classes),
      record = 32 * (entriesOf(activation, classes) + (entriesOf(activation, classes) & 1));
    const sizes = [BATCH * 4, BATCH * 3 * record, BATCH * 3 * 4, BATCH * 3 * staged * 4];
    kernels.memory.with(sizes, "exact divergences", (found, records, list, numbers) => {
      kernels.memory.f32.fill(fillerOf(activation), numbers >>> 2, (numbers >>> 2) + BATCH * 3 * staged);
      kernels.memory.i32.set(
        Array.from({ length: 3 * BATCH }, (_, i) => i),
        list >>> 2,
      );
      kernels.calls.setImage({
        height: 1,
        width: 3 * BATCH,
        slots: 1,
        record,
        ring: records,
        list,
        staged: numbers,
        stride: 4 * staged,
      });
      for (let b = 0; b < batch; b++) {
        const plane = this.at + 4 * b * pixels;
        for (let from = 0; from < pixels; ) {
          const count = kernels.calls.listBetween({
            numbers: plane,
            from,
            count: pixels,
            low,
            high,
            out: found,
            room: BATCH,
          });
          if (count === 0) break;
          const indices = kernels.memory.i32.slice(found >>> 2, (found >>> 2) + count);
          this.#refineBatch(b, indices, { records, record, numbers, staged });
          from = indices[count - 1] + 1;
        }
      }
    });
  }

  #refineBatch(
    b: number,
    indices: Int32Array,
    { records, record, numbers, staged }: Record<"records" | "record" | "numbers" | "staged", number>,
  ): void {
    const { kernels, activation, geometry, labels, ignoreIndex } = this.source,
      { classes, pixels, spatial } = geometry,
      [, width] = spatial;
    // A neighbour beyond the image is the pixel itself: their divergence is 0.
    const triples = Array.from(indices).flatMap((i) => [
      i,
      i + width < pixels ? i + width : i,
      i % width < width - 1 ? i + 1 : i,
    ]);
    gather(kernels, this.#channels, b, triples, 0, numbers, staged);
    kernels.exports[`${activation}Records`](0, triples.length, classes);
    for (const [k, i] of indices.entries()) {
      const own = records + 3 * k * record,
        counts = (neighbour: number) => !labels || labels()[b * pixels + triples[3 * k + neighbour]] !== ignoreIndex,
        to = (neighbour: number) =>
          counts(neighbour) ? kernels.exports.divergence(own, own + neighbour * record, record >>> 2) : 0;
      this.#exact.push({ index: b * pixels + i, value: to(1) + to(2) });
      kernels.memory.f32[(this.at >>> 2) + b * pixels + i] = 0;
    }
  }
}
