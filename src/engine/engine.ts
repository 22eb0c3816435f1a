import type { WholeContext } from "../bindings/context.js";
import type { Kernels, StepCall } from "../bindings/kernels.js";
import { SUMS } from "../bindings/tile.js";
import { isBinary } from "../tensors/conventions.js";
import { checkPred, counting } from "./counting.js";
import { normaliser, PixelRanking, type ScaledTerm, scaleTerm } from "./pixelwise.js";
import {
  type FieldTerm,
  isField,
  isNeighbourhood,
  isOverlap,
  isPixel,
  type NeighbourhoodTerm,
  type OverlapScore,
  type OverlapTerm,
  type PixelTerm,
  type Tile,
} from "./plan.js";
import { separate } from "./separate.js";
import { TileSums, zeros } from "./sums.js";
import { type Job, TiledJob } from "./tiles.js";

/** Names of steps; put together for every call, they would cost as much as running them on a small tile. */
const ACTIVATIONS = {
  softmax: { forward: "softmaxForward", backward: "softmaxBackward" },
  sigmoid: { forward: "sigmoidForward", backward: "sigmoidBackward" },
  none: { forward: "noneForward", backward: "noneBackward" },
} as const;
const LABELS = { gather: "GatherLabels", slope: "SlopeLabels" } as const;
const SOFT = { gather: "GatherSoft", slope: "SlopeSoft" } as const;
const BETWEEN = { gather: "GatherBetween", slope: "SlopeBetween" } as const;

/**
 * Streams a prediction through the kernels tile by tile. Pixel terms take one pass. What must see all pixels first (the
 * sums of overlap terms, the ranking of top-k terms, the planes of field terms) takes a gathering pass before it. Where
 * there are only overlap terms, that pass leaves the probabilities in the gradient's array, so that the second need not
 * compute them again (1.4 times faster).
 */
export class Engine {
  constructor(readonly kernels: Kernels) {}

  /** A share of a job leaves the gradient of its own tiles, and returns the value of all. */
  run(job: Job): number {
    return new Evaluation(this.kernels, separate(job)).run();
  }
}

const weigh = (terms: readonly ScaledTerm[], totals: Float64Array) =>
  terms.reduce((sum, { term, scale }, j) => sum + term.weight * scale * totals[j], 0);

/** One call: the staged tile and what is known so far. */
class Evaluation {
  readonly #overlaps: readonly OverlapTerm[];
  readonly #ranked: readonly {
    readonly scaled: ScaledTerm;
    readonly by?: ScaledTerm;
    readonly ranking: PixelRanking;
  }[];
  /** Each with the field that holds probabilities, and then slopes. */
  readonly #fields: readonly { readonly term: FieldTerm; readonly field: () => Float32Array }[];
  readonly #neighbourhoods: readonly NeighbourhoodTerm[];
  readonly #plain: readonly PixelTerm[];
  readonly #binary: boolean;
  readonly #tiles: TiledJob;
  readonly #forward: StepCall;
  readonly #backward: StepCall;
  /** Of each overlap term. */
  readonly #gathers: readonly StepCall[];
  readonly #slopes: readonly StepCall[];

  constructor(
    readonly kernels: Kernels,
    readonly job: Job,
  ) {
    const { geometry, activation, statistics } = job;
    this.#binary = isBinary(activation, geometry.classes);
    const pixels = job.terms.filter(isPixel);
    this.#overlaps = job.terms.filter(isOverlap);
    this.#plain = pixels.filter((term) => !term.top);
    this.#ranked = pixels
      .filter((term) => term.top)
      .map((term) => ({
        scaled: this.#scaled(term, 1),
        by: term.top?.by && this.#scaled(term.top.by, 1),
        ranking: new PixelRanking(term, geometry, statistics, this.#binary, job.pixelWeights),
      }));
    this.#neighbourhoods = job.terms.filter(isNeighbourhood);
    this.#fields = job.terms.filter(isField).map((term, j) => {
      // The last pass reads a tile's slopes before it writes the tile's gradient, so one field may stand in the
      // gradient's array.
      const own =
        job.out && j === 0 ? undefined : new Float32Array(geometry.batch * geometry.classes * geometry.pixels);
      return { term, field: own ? () => own : (job.out as () => Float32Array) };
    });
    this.#tiles = new TiledJob(kernels, job);
    const { forward, backward } = ACTIVATIONS[activation],
      kind = (term: OverlapTerm) => (!job.soft ? LABELS : term.overlap === "l1" ? BETWEEN : SOFT);
    this.#forward = kernels.step(forward);
    this.#backward = kernels.step(backward);
    this.#gathers = this.#overlaps.map((term) => kernels.step(term.kernel, kind(term).gather));
    this.#slopes = this.#overlaps.map((term) => kernels.step(term.kernel, kind(term).slope));
  }

  #scaled(term: PixelTerm, scale: number): ScaledTerm {
    return scaleTerm(this.kernels, this.job, term, scale);
  }

  run(): number {
    const { job } = this,
      tiled = job.terms.length > this.#neighbourhoods.length;
    if (!tiled) {
      checkPred(job);
      job.out?.().fill(0);
    }
    const value = tiled ? this.#tiledTerms() : 0;
    return this.#neighbourhoods.reduce(
      (sum, term) => sum + term.weight * term.evaluate({ ...this.#whole(term.weight), pred: job.pred, grad: job.out }),
      value,
    );
  }

  #whole(weight: number): WholeContext {
    const { kernels, job } = this,
      { activation, geometry, statistics, labels, soft, ignoreIndex, pixelWeights } = job;
    return { kernels, activation, geometry, statistics, labels, soft, ignoreIndex, pixelWeights, weight };
  }

  #tiledTerms(): number {
    const { job } = this,
      plain = this.#plain.map((term) =>
        this.#scaled(term, normaliser(term, job.statistics, job.geometry, this.#binary || term.independent === true)),
      );
    if (this.#overlaps.length + this.#ranked.length + this.#fields.length === 0)
      return this.#gradientPass([], plain, undefined);
    if (job.out && this.#ranked.length + this.#fields.length === 0 && this.#overlaps.every((term) => term.slopes))
      return this.#onePass(plain);
    const park = this.#overlaps.length === job.terms.length ? job.out : undefined;
    const gathered = this.#gatherPass(job.out ? [] : plain, park);
    const scores = this.#overlaps.map((term, j) => this.#score(term, gathered.sums[j]));
    let value = gathered.value;
    for (const [j, { weight }] of this.#overlaps.entries()) value += weight * scores[j].value;
    for (const { scaled, ranking } of this.#ranked) value += scaled.term.weight * ranking.select(this.kernels);
    for (const { term, field } of this.#fields)
      value += term.weight * term.evaluate({ ...this.#whole(term.weight), field, gradient: job.out !== undefined });
    if (!job.out) return value;
    const chosen = this.#ranked.map(({ scaled, ranking }) =>
      this.#scaled({ ...scaled.term, unitWeights: ranking.chosen, top: undefined }, ranking.scale),
    );
    return value + this.#gradientPass(scores, [...plain, ...chosen], park, plain.length);
  }

  /** Where all slopes are known beforehand, values and gradients come together. */
  #onePass(plain: readonly ScaledTerm[]): number {
    const { statistics, geometry } = this.job,
      sums = this.#noSums();
    const slopes = this.#overlaps.map((term) => ({
      value: 0,
      ...(term.slopes as NonNullable<OverlapTerm["slopes"]>)(statistics, geometry),
    }));
    const value = this.#gradientPass(slopes, plain, undefined, plain.length, sums),
      merged = sums.map((each) => each.total());
    return this.#overlaps.reduce((sum, term, j) => sum + term.weight * this.#score(term, merged[j]).value, value);
  }

  /** Sums of the tiles of this job. */
  #sums(slots: number, width: number): TileSums {
    return new TileSums(slots, width, this.#tiles.count, this.job.share);
  }

  #noSums(): TileSums[] {
    const { batch, classes } = this.job.geometry;
    return this.#overlaps.map(() => this.#sums(batch, classes * SUMS));
  }

  /** Runs steps on a tile, one of which gathers, and adds up what it found. */
  #gather(sums: TileSums, { index }: Tile, padded: number, ...steps: readonly StepCall[]): void {
    const tileSums = this.kernels.tile.sums.fill(0);
    this.kernels.run(padded, ...steps);
    sums.add(index, tileSums);
  }

  /** Evaluates a pixel term on the staged tile; returns its unscaled sum. */
  #evaluate(
    { term, scale, table, uniform, planes, step }: ScaledTerm,
    tile: Tile,
    padded: number,
    accumulate: boolean,
  ): number {
    const { kernels } = this;
    kernels.tile.writeOptions(term.options, false);
    kernels.tile.writeClassTable(table);
    kernels.tile.set("uniform", uniform ? 1 : 0);
    kernels.tile.setFloat("scale", term.weight * scale);
    kernels.tile.set("accumulate", accumulate ? 1 : 0);
    this.#tiles.stageWeights(term.unitWeights, tile, padded, !term.unweighted);
    if (planes) this.#tiles.smooth(tile, padded, term.labelSmoothing);
    const sum = kernels.run(padded, step);
    kernels.tile.want("unitWeights", false);
    return sum;
  }

  #gatherPass(
    plain: readonly ScaledTerm[],
    park: (() => Float32Array) | undefined,
  ): { sums: readonly Float64Array[]; value: number } {
    const { kernels, job } = this;
    const sums = this.#noSums(),
      values = this.#sums(1, plain.length),
      row = zeros(plain.length);
    kernels.tile.want("grad", false);
    for (const tile of this.#tiles.all()) {
      const padded = this.#tiles.stage(tile, job.pred(), "pred");
      for (const [j, term] of this.#overlaps.entries()) {
        this.#tiles.stageWeights(term.unitWeights, tile, padded);
        if (term.gatherTable) kernels.tile.writeClassTable(term.gatherTable);
        if (j === 0) this.#gather(sums[j], tile, padded, this.#forward, this.#gathers[j]);
        else this.#gather(sums[j], tile, padded, this.#gathers[j]);
      }
      if (this.#fields.length > 0 && this.#overlaps.length === 0) kernels.run(padded, this.#forward);
      for (const { field } of this.#fields) this.#tiles.unstage(tile, "prob", field());
      if (park && !this.#tiles.keeps) this.#tiles.unstage(tile, "prob", park());
      for (const { scaled, by, ranking } of this.#ranked) {
        kernels.tile.want("units", true);
        for (const each of by ? [by, scaled] : [scaled]) {
          this.#evaluate(each, tile, padded, false);
          ranking.collect(kernels, tile, each !== scaled || !by);
        }
        kernels.tile.want("units", false);
      }
      for (const [j, scaled] of plain.entries()) row[j] = this.#evaluate(scaled, tile, padded, false);
      values.add(tile.index, row);
    }
    job.share?.meet();
    return { sums: sums.map((each) => each.total()), value: weigh(plain, values.total()) };
  }

  #score(term: OverlapTerm, sums: Float64Array): OverlapScore {
    const { kernels } = this,
      { statistics, geometry } = this.job,
      { pixels } = geometry;
    kernels.tile.writeOptions(term.options, true);
    const { pixelWeights } = this.job,
      weightOf = (b: number, i: number) => pixelWeights?.()[b * pixels + i] ?? 1;
    const sumOverValid = (b: number, perPixel: Float64Array) => {
      const counts = counting(this.job);
      let sum = 0;
      for (let i = 0; i < pixels; i++) if (counts(b, i)) sum += weightOf(b, i) * perPixel[i];
      return sum;
    };
    return term.score({ kernels, kernel: term.kernel, sums, statistics, geometry, sumOverValid, weightOf });
  }

  /** The second (or only) pass: all gradients, and the values of the first `valued` pixel terms. */
  #gradientPass(
    scores: readonly OverlapScore[],
    pixels: readonly ScaledTerm[],
    park: (() => Float32Array) | undefined,
    valued = pixels.length,
    sums?: readonly TileSums[],
  ): number {
    const { kernels, job } = this,
      values = this.#sums(1, pixels.length),
      row = zeros(pixels.length),
      overlap = this.#overlaps.length + this.#fields.length > 0;
    for (const tile of this.#tiles.all()) {
      kernels.tile.want("grad", job.out !== undefined);
      const padded = this.#tiles.stage(tile, (park ?? job.pred)(), park ? "prob" : "pred");
      if (park && !this.#tiles.keeps) kernels.tile.clearPadding("prob", tile.count, padded);
      if (overlap) this.#overlapGradient(scores, tile, padded, park !== undefined, sums);
      for (const [j, scaled] of pixels.entries()) row[j] = this.#evaluate(scaled, tile, padded, overlap || j > 0);
      if (job.out) this.#tiles.unstage(tile, "grad", job.out());
      values.add(tile.index, row);
    }
    if (valued === 0 && !sums) return 0;
    job.share?.meet();
    return weigh(pixels.slice(0, valued), values.total());
  }

  #overlapGradient(
    scores: readonly OverlapScore[],
    tile: Tile,
    padded: number,
    parked: boolean,
    sums?: readonly TileSums[],
  ): void {
    const { kernels } = this,
      // Then a block's slopes are still in the first-level cache when they are read.
      together = this.#overlaps.length === 1 && this.#fields.length === 0 && !scores[0].afterSlope;
    for (const [j, term] of this.#overlaps.entries()) {
      const { tables, tableLength, afterSlope } = scores[j],
        from = tile.b * tableLength;
      const table = tables.subarray(from, from + tableLength);
      kernels.tile.writeClassTable(term.weight === 1 ? table : table.map((k) => term.weight * k));
      kernels.tile.set("accumulate", j > 0 ? 1 : 0);
      this.#tiles.stageWeights(term.unitWeights, tile, padded);
      kernels.tile.want("units", afterSlope !== undefined);
      const steps = [this.#slopes[j]];
      if (sums) steps.unshift(this.#gathers[j]);
      if (j === 0 && !parked) steps.unshift(this.#forward);
      if (together) steps.push(this.#backward);
      if (sums) this.#gather(sums[j], tile, padded, ...steps);
      else kernels.run(padded, ...steps);
      afterSlope?.(tile, (c) => kernels.tile.plane("units", c, tile.count), kernels.labels.read(tile.count));
    }
    kernels.tile.want("unitWeights", false);
    if (together) return;
    this.#meanSlopes(tile, padded);
    kernels.tile.want("units", false);
    kernels.tile.set("accumulate", 0);
    kernels.run(padded, this.#backward);
  }

  #meanSlopes(tile: Tile, padded: number): void {
    const { kernels, job } = this,
      { classes, pixels, channelsLast } = job.geometry;
    if (this.#fields.length > 0 && this.#overlaps.length === 0) kernels.run(padded, this.#forward);
    for (const [j, { field }] of this.#fields.entries()) {
      const first = this.#overlaps.length === 0 && j === 0;
      kernels.tile.want("units", true);
      kernels.tile.stage(
        first ? "slope" : "units",
        field(),
        tile.b * classes * pixels,
        pixels,
        tile.first,
        tile.count,
        channelsLast,
      );
      if (!first) kernels.run(padded, kernels.step("addSlope"));
    }
  }
}
