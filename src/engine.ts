import type { Kernels } from "./bindings/kernels.js";
import { rankErrors } from "./families/lovasz.js";
import { classTable, normaliser, PixelRanking } from "./families/pixelwise.js";
import { type OverlapScore, type OverlapTerm, type PixelTerm, type RankingTerm, SUMS, type Term, type Tile, type UnitWeights } from "./plan.js";
import type { Geometry, LabelArray } from "./shape.js";
import { firstLabel, type TargetStatistics } from "./target.js";

export type Activation = "softmax" | "sigmoid" | "none";

/** Everything one evaluation needs, checked. */
export interface Job {
  readonly activation: Activation;
  readonly terms: readonly Term[];
  readonly pred: () => Float32Array;
  readonly geometry: Geometry;
  readonly labels?: () => LabelArray;
  readonly soft?: () => Float32Array;
  readonly ignoreIndex?: number;
  readonly statistics: TargetStatistics;
  /** Takes the gradient; without it only the value is computed. */
  readonly out?: () => Float32Array;
}

const isPixel = (term: Term): term is PixelTerm => term.family === "pixelwise";
const isOverlap = (term: Term): term is OverlapTerm => term.family === "overlap";
const isRanking = (term: Term): term is RankingTerm => term.family === "ranking";

/** Whether each entry is its own yes/no question, or the classes of a pixel compete (specification 1.1). */
export const isBinary = (activation: Activation, classes: number) => activation === "sigmoid" || (activation === "none" && classes === 1);

/**
 * Streams a prediction through the kernels tile by tile. Pixel terms take one pass. What must see all pixels first (the sums of
 * overlap terms, the ranking of top-k terms) takes a gathering pass before it. Where there are only overlap terms, that pass leaves
 * the probabilities in the gradient's array, so that the second need not compute them again (1.4 times faster).
 */
export class Engine {
  constructor(readonly kernels: Kernels) {}

  run(job: Job): number {
    const evaluation = new Evaluation(this.kernels, job);
    return evaluation.run();
  }
}

/** One call: the staged tile and what is known so far. */
class Evaluation {
  readonly #overlaps: readonly OverlapTerm[];
  readonly #ranked: readonly { readonly term: PixelTerm; readonly ranking: PixelRanking }[];
  /** Each with the field that holds probabilities, and then slopes. */
  readonly #rankings: readonly { readonly term: RankingTerm; readonly field: () => Float32Array }[];
  readonly #plain: readonly PixelTerm[];
  readonly #binary: boolean;
  /** The smoothing that the target planes hold. */
  #smoothed = 0;

  constructor(
    readonly kernels: Kernels,
    readonly job: Job,
  ) {
    const { geometry, activation, statistics } = job;
    this.#binary = isBinary(activation, geometry.classes);
    const pixels = job.terms.filter(isPixel);
    this.#overlaps = job.terms.filter(isOverlap);
    this.#plain = pixels.filter((term) => !term.top);
    this.#ranked = pixels.filter((term) => term.top).map((term) => ({ term, ranking: new PixelRanking(term, geometry, statistics, this.#binary) }));
    this.#rankings = job.terms.filter(isRanking).map((term) => {
      const own = job.out && job.terms.length === 1 ? undefined : new Float32Array(geometry.batch * geometry.classes * geometry.pixels);
      return { term, field: own ? () => own : (job.out as () => Float32Array) };
    });
    this.#begin();
  }

  run(): number {
    const { job } = this,
      gathers = job.terms.length > this.#plain.length;
    const plain = this.#plain.map((term) => ({ term, scale: normaliser(term, job.statistics, job.geometry, this.#binary) }));
    if (!gathers) return this.#gradientPass([], plain, undefined);
    const park = this.#overlaps.length === job.terms.length ? job.out : undefined;
    const gathered = this.#gatherPass(job.out ? [] : plain, park);
    const scores = this.#overlaps.map((term, j) => this.#score(term, gathered.sums[j]));
    let value = gathered.value;
    for (const [j, term] of this.#overlaps.entries()) value += term.weight * scores[j].value;
    for (const { term, ranking } of this.#ranked) value += term.weight * ranking.select(this.kernels);
    for (const { term, field } of this.#rankings) value += term.weight * rankErrors(this.kernels, term, field, { ...job, gradient: job.out !== undefined });
    if (!job.out) return value;
    const chosen = this.#ranked.map(({ term, ranking }) => ({ term: { ...term, unitWeights: ranking.chosen, top: undefined }, scale: ranking.scale }));
    return value + this.#gradientPass(scores, [...plain, ...chosen], park, plain.length);
  }

  #begin(): void {
    const { kernels } = this,
      { geometry, activation, ignoreIndex, labels, soft } = this.job;
    kernels.use(geometry.classes);
    kernels.set("firstLabel", firstLabel(geometry.classes));
    kernels.ignore(ignoreIndex, labels?.());
    kernels.set("plain", activation === "none" ? 1 : 0);
    kernels.set("soft", soft ? 1 : 0);
    kernels.set("accumulate", 0);
    kernels.want("units", false);
  }

  *#tiles(): Generator<Tile> {
    const { batch, classes, pixels } = this.job.geometry,
      size = this.kernels.use(classes);
    for (let b = 0; b < batch; b++) {
      for (let first = 0; first < pixels; first += size) yield { b, first, count: Math.min(size, pixels - first) };
    }
  }

  /** Brings a tile of the prediction (or what stands for it) and of the target in; returns its padded length. */
  #stage(tile: Tile, data: Float32Array, set: "pred" | "prob"): number {
    const { kernels } = this,
      { geometry, labels } = this.job,
      { classes, pixels, channelsLast } = geometry;
    kernels.stage(set, data, tile.b * classes * pixels, pixels, tile.first, tile.count, channelsLast);
    const padded = labels ? kernels.stageLabels(labels(), tile.b * pixels + tile.first, tile.count) : kernels.stageNoLabels(tile.count);
    if (!labels) this.#stageSoft(tile, padded);
    return padded;
  }

  #stageSoft(tile: Tile, padded: number): void {
    const { kernels } = this,
      { geometry, soft } = this.job,
      { classes, pixels, channelsLast } = geometry;
    if (!soft) return;
    kernels.stage("target", soft(), tile.b * classes * pixels, pixels, tile.first, tile.count, channelsLast);
    kernels.clearPadding("target", tile.count, padded);
    this.#smoothed = 0;
  }

  #stageWeights(weights: UnitWeights | undefined, tile: Tile, padded: number): void {
    const { kernels } = this,
      { pixels } = this.job.geometry;
    kernels.want("unitWeights", weights !== undefined);
    if (!weights) return;
    kernels.stage("unitWeights", weights.data, tile.b * weights.sampleStride, pixels, tile.first, tile.count, false, weights.planes);
    kernels.clearPadding("unitWeights", tile.count, padded);
    kernels.set("unitWeightPitch", weights.planes > 1 ? kernels.pitch : 0);
  }

  #unstage({ b, first, count }: Tile, set: "prob" | "grad", out: Float32Array): void {
    const { classes, pixels, channelsLast } = this.job.geometry;
    this.kernels.unstage(set, out, b * classes * pixels, pixels, first, count, channelsLast);
  }

  /** Evaluates a pixel term on the staged tile; returns its unscaled sum. */
  #evaluate(term: PixelTerm, scale: number, tile: Tile, padded: number, accumulate: boolean): number {
    const { kernels } = this,
      { activation, geometry, soft } = this.job,
      { classes } = geometry,
      binary = this.#binary;
    kernels.writeOptions(term.options, false);
    const table = classTable(term, classes, binary);
    kernels.writeClassTable(table);
    kernels.set("uniform", table.every((factor) => factor === table[0]) ? 1 : 0);
    kernels.setFloat("scale", term.weight * scale);
    kernels.set("accumulate", accumulate ? 1 : 0);
    this.#stageWeights(term.unitWeights, tile, padded);
    const planes = soft !== undefined || term.labelSmoothing > 0 || (activation === "none" && !binary);
    if (planes && (!soft || term.labelSmoothing !== this.#smoothed)) {
      if (this.#smoothed !== 0) this.#stageSoft(tile, padded);
      kernels.setFloat("targetScale", 1 - term.labelSmoothing);
      kernels.setFloat("targetOffset", term.labelSmoothing / (binary ? 2 : classes));
      kernels.smoothTarget(padded);
      this.#smoothed = term.labelSmoothing;
    }
    const sum = kernels.run(padded, [term.kernel, `${binary ? "Entry" : "Categorical"}${planes ? "Soft" : "Labels"}`]);
    kernels.want("unitWeights", false);
    return sum;
  }

  #gatherPass(plain: readonly { term: PixelTerm; scale: number }[], park: (() => Float32Array) | undefined): { sums: Float64Array[]; value: number } {
    const { kernels, job } = this,
      { batch, classes } = job.geometry,
      step = job.soft ? "GatherSoft" : "GatherLabels";
    const sums = this.#overlaps.map(() => new Float64Array(batch * classes * SUMS)),
      totals = plain.map(() => 0);
    kernels.want("grad", false);
    for (const tile of this.#tiles()) {
      const padded = this.#stage(tile, job.pred(), "pred");
      for (const [j, term] of this.#overlaps.entries()) {
        this.#stageWeights(term.unitWeights, tile, padded);
        if (term.gatherTable) kernels.writeClassTable(term.gatherTable);
        const tileSums = kernels.sums.fill(0),
          gather = [term.kernel, step] as const;
        if (j === 0) kernels.run(padded, [`${job.activation}Forward`], gather);
        else kernels.run(padded, gather);
        for (let i = 0, at = tile.b * classes * SUMS; i < tileSums.length; i++) sums[j][at + i] += tileSums[i];
      }
      if (this.#rankings.length > 0 && this.#overlaps.length === 0) kernels.run(padded, [`${job.activation}Forward`]);
      for (const { field } of this.#rankings) this.#unstage(tile, "prob", field());
      if (park) this.#unstage(tile, "prob", park());
      for (const { term, ranking } of this.#ranked) {
        kernels.want("units", true);
        this.#evaluate(term, 1, tile, padded, false);
        ranking.collect(kernels, tile);
        kernels.want("units", false);
      }
      for (const [j, { term, scale }] of plain.entries()) totals[j] += this.#evaluate(term, scale, tile, padded, false);
    }
    return { sums, value: plain.reduce((sum, { term, scale }, j) => sum + term.weight * scale * totals[j], 0) };
  }

  #score(term: OverlapTerm, sums: Float64Array): OverlapScore {
    const { kernels } = this,
      { statistics, geometry, labels, ignoreIndex } = this.job,
      { pixels } = geometry;
    kernels.writeOptions(term.options, true);
    const sumOverValid = (b: number, perPixel: Float64Array) => {
      const data = labels?.();
      let sum = 0;
      for (let i = 0; i < pixels; i++) if (!data || data[b * pixels + i] !== ignoreIndex) sum += perPixel[i];
      return sum;
    };
    return term.score({ kernels, kernel: term.kernel, sums, statistics, geometry, sumOverValid });
  }

  /** The second (or only) pass: all gradients, and the values of the first `valued` pixel terms. */
  #gradientPass(
    scores: readonly OverlapScore[],
    pixels: readonly { term: PixelTerm; scale: number }[],
    park: (() => Float32Array) | undefined,
    valued = pixels.length,
  ): number {
    const { kernels, job } = this,
      totals = pixels.map(() => 0),
      overlap = this.#overlaps.length + this.#rankings.length > 0;
    for (const tile of this.#tiles()) {
      kernels.want("grad", job.out !== undefined);
      const padded = this.#stage(tile, (park ?? job.pred)(), park ? "prob" : "pred");
      if (park) kernels.clearPadding("prob", tile.count, padded);
      if (overlap) this.#overlapGradient(scores, tile, padded, park !== undefined);
      for (const [j, { term, scale }] of pixels.entries()) totals[j] += this.#evaluate(term, scale, tile, padded, overlap || j > 0);
      if (job.out) this.#unstage(tile, "grad", job.out());
    }
    return pixels.slice(0, valued).reduce((sum, { term, scale }, j) => sum + term.weight * scale * totals[j], 0);
  }

  #overlapGradient(scores: readonly OverlapScore[], tile: Tile, padded: number, parked: boolean): void {
    const { kernels, job } = this,
      step = job.soft ? "SlopeSoft" : "SlopeLabels";
    for (const [j, term] of this.#overlaps.entries()) {
      const { tables, tableLength, afterSlope } = scores[j],
        from = tile.b * tableLength;
      kernels.writeClassTable(tables.subarray(from, from + tableLength).map((k) => term.weight * k));
      kernels.set("accumulate", j > 0 ? 1 : 0);
      this.#stageWeights(term.unitWeights, tile, padded);
      kernels.want("units", afterSlope !== undefined);
      const slope = [term.kernel, step] as const;
      if (j === 0 && !parked) kernels.run(padded, [`${job.activation}Forward`], slope);
      else kernels.run(padded, slope);
      afterSlope?.(tile, (c) => kernels.plane("units", c, tile.count), kernels.labels(tile.count));
    }
    kernels.want("unitWeights", false);
    this.#rankingSlopes(tile, padded);
    kernels.want("units", false);
    kernels.set("accumulate", 0);
    kernels.run(padded, [`${job.activation}Backward`]);
  }

  #rankingSlopes(tile: Tile, padded: number): void {
    const { kernels, job } = this,
      { classes, pixels, channelsLast } = job.geometry;
    if (this.#rankings.length > 0 && this.#overlaps.length === 0) kernels.run(padded, [`${job.activation}Forward`]);
    for (const [j, { field }] of this.#rankings.entries()) {
      const first = this.#overlaps.length === 0 && j === 0;
      kernels.want("units", true);
      kernels.stage(first ? "slope" : "units", field(), tile.b * classes * pixels, pixels, tile.first, tile.count, channelsLast);
      if (!first) kernels.run(padded, ["addSlope"]);
    }
  }
}
