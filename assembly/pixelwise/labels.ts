import { FEW, rests, shares } from "../activation/exponentials";
import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { own } from "../tile/own";
import { pixels } from "../tile/pixels";
import { multiply } from "./shares";
import { BEYOND, FOREGROUND, ODDS, odds, STEEP, SUM, VALUE } from "./units";

/**
 * Softmax and labels, from their shares. With x the log-odds of the label's class, the planes at frame.prob take dx/dz
 * times SUM: exponentials of the other classes, on any scale, and minus their sum SUM for the label's own. So one
 * product gives the gradient of every loss.
 */
export function labelUnits(from: usize, to: usize): void {
  const labels = frame.labels,
    placed = frame.grad != 0 && frame.classes > FEW, // of few classes `multiply` tells the own one
    bounds = shares.bounds,
    one = i32x4.splat(1);
  let extreme = i32x4.splat(0);
  for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
    const label = v128.load(labels + i),
      out = i32x4.shr_s(label, 31),
      unit = frame.rows + row,
      mine = v128.load(unit, ODDS),
      others = v128.load(unit, SUM),
      again = v128.andnot(shares.extreme(mine, others, bounds), out);
    if (placed) own.store(row, lanes.negative(others));
    v128.store(unit, f32x4.div(others, mine), ODDS);
    v128.store(unit, f32x4.splat(0), BEYOND);
    v128.store(unit, i32x4.ge_s(label, one), FOREGROUND);
    v128.store(rests + row, again);
    extreme = v128.or(extreme, again);
  }
  if (v128.any_true(extreme)) takeUnitsAgain(from, to);
}

/** Two classes: the log-odds are the difference of the logits, and dx/dz is 1 or -1, so that no planes are needed. */
export function pairUnits(from: usize, to: usize): void {
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    const at = frame.pred + i,
      next = at + frame.predPitch,
      zero = i32x4.splat(0),
      foreground = i32x4.gt_s(v128.load(frame.labels + i), zero),
      foreground2 = i32x4.gt_s(v128.load(frame.labels + i, 16), zero),
      x = f32x4.sub(v128.load(next), v128.load(at)),
      x2 = f32x4.sub(v128.load(next, 16), v128.load(at, 16));
    odds.put(unit, v128.xor(x, i32x4.shl(foreground, 31)), v128.xor(x2, i32x4.shl(foreground2, 31)));
    v128.store(unit, foreground, FOREGROUND);
    v128.store(unit, foreground2, FOREGROUND + 16);
  }
}

function takeUnitsAgain(from: usize, to: usize): void {
  for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
    const which = v128.load(rests + row);
    if (v128.any_true(which)) takeUnitFromLargest(i, frame.rows + row, which);
  }
}

/** Pixels whose logits may be of any size: the own one less the largest other one, and exponentials about that one. */
function takeUnitFromLargest(i: usize, unit: usize, which: v128): void {
  const pitch = frame.probPitch,
    predPitch = frame.predPitch,
    first = frame.pred + i,
    end = first + <usize>frame.classes * predPitch,
    place = frame.prob + i,
    labels = v128.load(frame.labels + i),
    lowest = lanes.lowest(),
    one = i32x4.splat(1),
    zero = i32x4.splat(0);
  let mine = lowest,
    largest = lowest;
  for (let at = first, label = zero; at < end; at += predPitch, label = i32x4.add(label, one)) {
    const z = v128.load(at),
      same = i32x4.eq(labels, label);
    mine = v128.bitselect(z, mine, same);
    largest = f32x4.pmax(v128.bitselect(lowest, z, same), largest);
  }
  let sum = f32x4.splat(0);
  for (let at = first, out = place, label = zero; at < end; at += predPitch, out += pitch) {
    const e = v128.andnot(lanes.expShare(f32x4.sub(v128.load(at), largest)), i32x4.eq(labels, label));
    sum = f32x4.add(sum, e);
    lanes.replace(out, e, which);
    label = i32x4.add(label, one);
  }
  for (let c = 0, out = place; c < frame.classes; c++, out += pitch)
    lanes.replace(out, lanes.negative(sum), v128.and(which, i32x4.eq(labels, i32x4.splat(c))));
  lanes.replace(unit + SUM, sum, which);
  odds.replace(unit, f32x4.sub(largest, mine), sum, which);
}

/** The factors of four pixels: their classes' and a map's. */
@final
class weight {
  @inline static at(i: usize): v128 {
    const table = frame.classTable,
      weights = frame.unitWeights,
      byClass = frame.uniform ? v128.load32_splat(table) : lanes.lookup(table, frame.labels + i);
    return weights ? f32x4.mul(byClass, v128.load(weights + i)) : byClass;
  }
}

/**
 * The sum of the weighted losses, and the gradient. Of two classes it is -dL/dx and the opposite; of more, steepness
 * becomes k = -dL/dx / SUM, and dL/dz is k times the planes.
 */
export function labelGradient(from: usize, to: usize): f64 {
  const units = frame.units,
    grad = frame.grad,
    next = grad + frame.gradPitch,
    accumulate = frame.accumulate,
    pair = frame.classes == 2,
    scale = f32x4.splat(frame.scale);
  let total = f64x2.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const valid = pixels.valid(i),
      w = weight.at(i),
      value = v128.and(f32x4.mul(w, v128.load(unit, VALUE)), valid);
    if (units) pixels.rank(units + i, value, valid);
    total = f64x2.add(total, doubles.folded(value));
    if (!grad) continue;
    const steep = v128.and(f32x4.mul(f32x4.mul(w, scale), v128.load(unit, STEEP)), valid);
    if (pair) {
      const up = i32x4.shl(v128.load(unit, FOREGROUND), 31); // the sign where the label is the second class
      pixels.put(grad + i, v128.xor(steep, v128.andnot(lanes.sign(), up)), accumulate);
      pixels.put(next + i, v128.xor(steep, up), accumulate);
    } else v128.store(unit, v128.and(f32x4.div(steep, v128.load(unit, SUM)), valid), STEEP);
  }
  if (grad && !pair) multiply(from, to);
  return doubles.sum(total);
}
