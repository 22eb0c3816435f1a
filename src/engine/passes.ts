import type { StepCall } from "../bindings/kernels.js";
import { padTo, SUMS } from "../bindings/tile.js";
import { FRAME } from "../bindings/tileMemory.js";
import type { Call } from "./call.js";
import { addMapPixels } from "./mapPixels.js";
import type { ScaledTerm } from "./pixelwise.js";
import type { OverlapScore, Tile } from "./plan.js";
import { TileSums, zeros } from "./sums.js";

export const weigh = ({ job }: Pick<Call, "job">, terms: readonly ScaledTerm[], totals: Float64Array) =>
  terms.reduce((sum, { term, scale }, j) => {
    const value = term.weight * scale * totals[j];
    job.tell?.(term, value);
    return sum + value;
  }, 0);

/** Sums of the tiles of this job. */
function sumsOf(call: Call, slots: number, width: number): TileSums {
  return new TileSums(slots, width, call.tiles.count, call.job.share);
}

export function overlapSums(call: Call): TileSums[] {
  const { batch, classes } = call.job.geometry;
  return call.overlaps.map(() => sumsOf(call, batch, classes * SUMS));
}

/** Runs steps on a tile, one of which gathers, and adds up what it found. */
function gather(call: Call, sums: TileSums, { index }: Tile, padded: number, ...steps: readonly StepCall[]): void {
  const tileSums = call.kernels.tile.sums.fill(0);
  call.kernels.run(padded, ...steps);
  sums.add(index, tileSums);
}

/** Evaluates a pixel term on the staged tile; returns its unscaled sum. */
function evaluateUnits(
  call: Call,
  { term, scale, table, uniform, planes, step }: ScaledTerm,
  tile: Tile,
  padded: number,
  accumulate: boolean,
): number {
  const { kernels } = call;
  kernels.tile.writeOptions(term.options, false);
  kernels.tile.writeClassTable(table);
  kernels.tile.set(FRAME.uniform, uniform && (!term.unitWeights || term.unitWeights.everywhere) ? 1 : 0);
  kernels.tile.setFloat(FRAME.scale, term.weight * scale);
  kernels.tile.set(FRAME.accumulate, accumulate ? 1 : 0);
  call.tiles.stageWeights(term.unitWeights, tile, padded, !term.unweighted);
  if (planes) call.tiles.smooth(tile, padded, term.labelSmoothing);
  const sum = kernels.run(padded, step);
  kernels.tile.want("unitWeights", false);
  return sum;
}

/** As `evaluateUnits`, with the units' losses added to those of their pixels where they are wanted. */
function evaluatePixels(call: Call, scaled: ScaledTerm, tile: Tile, padded: number, accumulate: boolean): number {
  const { kernels, job } = call,
    { perPixel } = job;
  if (!perPixel) return evaluateUnits(call, scaled, tile, padded, accumulate);
  kernels.tile.want("units", true);
  const sum = evaluateUnits(call, scaled, tile, padded, accumulate),
    factor = scaled.term.weight * scaled.scale,
    from = tile.b * job.geometry.pixels + tile.first;
  for (let c = 0; c < (scaled.binary ? job.geometry.classes : 1); c++) {
    const units = kernels.tile.plane("units", c, tile.count);
    // Those that do not count are -1.
    for (let i = 0; i < units.length; i++) if (units[i] > 0) perPixel[from + i] += factor * units[i];
  }
  kernels.tile.want("units", false);
  return sum;
}

/**
 * Has the only field's probabilities written where it stands, if they can be. Pixel terms `beside` it take their
 * exponentials where probabilities stand.
 */
function placeField({ byPred, overlaps, fields, tiles }: Call, tile: Tile, beside: boolean): boolean {
  if (fields.length !== 1 || overlaps.length > 0) return false;
  if (byPred) return tiles.parkOnce(tile, fields[0].field());
  return !beside && tiles.park(tile, fields[0].field());
}

export function gatherPass(
  call: Call,
  plain: readonly ScaledTerm[],
  park: (() => Float32Array) | undefined,
  told: (tile: number, row: Float64Array) => void = () => {},
): { sums: readonly Float64Array[]; value: number } {
  const { kernels, job } = call;
  const sums = overlapSums(call),
    values = sumsOf(call, 1, plain.length),
    row = zeros(plain.length);
  kernels.tile.want("grad", false);
  call.tiles.each((tile) => {
    const padded = call.tiles.stage(tile, job.pred(), "pred"),
      parked = park !== undefined && call.tiles.park(tile, park()),
      placed = placeField(call, tile, plain.length + call.ranked.length > 0);
    for (const [j, term] of call.overlaps.entries()) {
      call.tiles.stageWeights(term.unitWeights, tile, padded);
      if (term.gatherTable) kernels.tile.writeClassTable(term.gatherTable);
      if (call.gatherFar && parked && job.geometry.classes > 8) gather(call, sums[j], tile, padded, call.gatherFar);
      else if (j === 0) gather(call, sums[j], tile, padded, call.forward, call.gathers[j]);
      else gather(call, sums[j], tile, padded, call.gathers[j]);
    }
    if (call.fields.length > 0 && call.overlaps.length === 0) kernels.run(padded, call.forward);
    if (!placed) for (const { field } of call.fields) call.tiles.unstageField(tile, field());
    if (park && !parked && !call.tiles.keeps) call.tiles.unstage(tile, "prob", park(), call.left);
    for (const { scaled, by, ranking } of call.ranked) {
      for (const each of by ? [by, scaled] : [scaled]) {
        const ranks = each !== scaled || !by;
        ranking.aim(tile, ranks);
        if (call.early && each === scaled) call.tiles.wantGradient(tile);
        evaluateUnits(call, each, tile, padded, false);
        ranking.collect(tile, ranks);
      }
    }
    if (call.early) {
      call.tiles.unstageGradient(tile);
      kernels.tile.want("grad", false);
    }
    for (const [j, scaled] of plain.entries()) row[j] = evaluateUnits(call, scaled, tile, padded, false);
    values.add(tile.index, row);
    told(tile.index, row);
  });
  job.share?.meet();
  return { sums: sums.map((each) => each.total()), value: weigh(call, plain, values.total()) };
}

/** The second (or only) pass: all gradients, and the values of the first `valued` pixel terms. */
export function gradientPass(
  call: Call,
  scores: readonly OverlapScore[],
  pixels: readonly ScaledTerm[],
  park: (() => Float32Array) | undefined,
  valued = pixels.length,
  sums?: readonly TileSums[],
): number {
  const { kernels, job } = call,
    values = sumsOf(call, 1, pixels.length),
    row = zeros(pixels.length),
    given = call.overlaps.length + call.fields.length > 0,
    beside = given || pixels.length > 0,
    both = park !== undefined && pixels.length > 0,
    left = park && call.left > 0 && !both;
  call.tiles.each((tile) => {
    if (call.early) kernels.tile.want("grad", beside);
    else call.tiles.wantGradient(tile);
    const padded = left
      ? call.tiles.stageLeft(tile, park(), call.left)
      : beside || !call.early
        ? call.tiles.stage(tile, ((!both && park) || job.pred)(), park && !both ? "prob" : "pred")
        : padTo(tile.count);
    if (both) call.tiles.stageLeft(tile, park(), call.left);
    if (park && !call.tiles.keeps) kernels.tile.clearPadding("prob", tile.count, padded);
    if (call.byPred) call.tiles.stageGradient(tile);
    else if (given && (job.out || sums)) overlapGradient(call, scores, tile, padded, park !== undefined, sums);
    for (const [j, term] of call.overlaps.entries()) addMapPixels(call, term, scores[j], tile, padded);
    // Pixel terms work in the tile's own planes of probabilities.
    if (both) kernels.tile.want("prob", true);
    for (const [j, scaled] of pixels.entries()) row[j] = evaluatePixels(call, scaled, tile, padded, given || j > 0);
    if (call.early) keepChosen(call, tile, padded);
    else call.tiles.unstageGradient(tile);
    values.add(tile.index, row);
  });
  if (valued === 0 && !sums) return 0;
  job.share?.meet();
  return weigh(call, pixels.slice(0, valued), values.total());
}

/** Of the gradients that a ranking's pass left in the result, those of what it chose; and what the tile has beside. */
function keepChosen(call: Call, tile: Tile, padded: number): void {
  const { kernels, tiles } = call,
    out = (call.job.out as () => Float32Array)(),
    { chosen, scale } = call.ranked[0].ranking,
    placed = tiles.bring(tile, "prob", out);
  tiles.stageWeights(chosen, tile, padded, false);
  kernels.tile.setFloat(FRAME.scale, scale);
  kernels.run(padded, kernels.step("keepGradient"));
  if (!placed) tiles.unstage(tile, "prob", out);
  kernels.tile.want("unitWeights", false);
}

function overlapGradient(
  call: Call,
  scores: readonly OverlapScore[],
  tile: Tile,
  padded: number,
  parked: boolean,
  sums?: readonly TileSums[],
): void {
  const { kernels } = call,
    // Then a block's slopes are still in the first-level cache when they are read.
    together = call.overlaps.length === 1 && call.fields.length === 0 && !scores[0].afterSlope;
  for (const [j, term] of call.overlaps.entries()) {
    const { tables, tableLength, afterSlope } = scores[j],
      from = tile.b * tableLength;
    kernels.tile.writeClassTable(tables, from, from + tableLength, term.weight);
    kernels.tile.set(FRAME.accumulate, j > 0 ? 1 : 0);
    if (!(parked && call.left > 0)) call.tiles.stageWeights(term.unitWeights, tile, padded);
    kernels.tile.want("units", afterSlope !== undefined);
    const steps = [call.sweep ?? call.gradient ?? call.slopes[j]];
    if (!call.sweep) {
      if (sums || (call.left > 0 && !parked)) steps.unshift(call.gathers[j]);
      if (j === 0 && !parked) steps.unshift(call.forward);
      if (together && !call.gradient) steps.push(call.backward);
    }
    if (sums) gather(call, sums[j], tile, padded, ...steps);
    else kernels.run(padded, ...steps);
    afterSlope?.(tile, (c) => kernels.tile.plane("units", c, tile.count), kernels.labels.read(tile.count));
  }
  kernels.tile.want("unitWeights", false);
  if (together) return;
  meanSlopes(call, tile, padded);
  kernels.tile.want("units", false);
  kernels.tile.set(FRAME.accumulate, 0);
  kernels.run(padded, call.backward);
}

function meanSlopes(call: Call, tile: Tile, padded: number): void {
  const { kernels, job } = call,
    { classes, pixels } = job.geometry;
  if (call.fields.length > 0 && call.overlaps.length === 0) kernels.run(padded, call.forward);
  for (const [j, { field }] of call.fields.entries()) {
    const first = call.overlaps.length === 0 && j === 0;
    kernels.tile.want("units", true);
    kernels.tile.stage(first ? "slope" : "units", field(), tile.b * classes * pixels, pixels, tile.first, tile.count);
    if (!first) kernels.run(padded, kernels.step("addSlope"));
  }
}
