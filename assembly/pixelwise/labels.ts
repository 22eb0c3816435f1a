import { exponentials, leads, rests, shares } from "../activation/exponentials";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { BEYOND, FOREGROUND, ODDS, odds, STEEP, SUM, VALUE } from "./units";

/**
 * Softmax and labels. With x the log-odds of the label's class, the planes at frame.prob take dx/dz times SUM:
 * exponentials of the other classes, on any scale, and minus their sum SUM for the label's own. So one product gives
 * the gradient of every loss.
 */
export function labelUnits(from: usize, to: usize): void {
  if (frame.classes == 2) {
    pairUnits(from, to);
    return;
  }
  exponentials(from, to);
  const labels = frame.labels,
    gradient = frame.grad != 0,
    one = i32x4.splat(1);
  let place = own.first(from),
    extreme = i32x4.splat(0),
    ignored = extreme;
  for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
    const label = v128.load(labels + i),
      out = i32x4.shr_s(label, 31),
      lead = v128.load(leads + row),
      rest = v128.load(rests + row),
      unit = frame.rows + row;
    // Pixels that do not count look at the first class.
    const at = own.at(place, v128.andnot(label, out)),
      mine = own.load(at),
      others = v128.bitselect(rest, f32x4.add(f32x4.sub(lead, mine), rest), f32x4.eq(mine, lead));
    if (gradient) own.store(at, lanes.negative(others));
    v128.store(unit, f32x4.div(others, mine), ODDS);
    v128.store(unit, f32x4.splat(0), BEYOND);
    v128.store(unit, others, SUM);
    v128.store(unit, i32x4.ge_s(label, one), FOREGROUND);
    const again = v128.andnot(shares.extreme(mine, others), out);
    v128.store(rests + row, again);
    extreme = v128.or(extreme, again);
    ignored = v128.or(ignored, out);
    place = own.next(place);
  }
  if (v128.any_true(extreme)) takeUnitsAgain(from, to);
  if (v128.any_true(ignored)) for (let i = from; i < to; i += 16) shares.silence(frame.prob + i, pixels.valid(i));
}

/** Two classes: the log-odds are the difference of the logits, and dx/dz is 1 or -1, so that no planes are needed. */
function pairUnits(from: usize, to: usize): void {
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    pair.put(i, unit);
    pair.put(i + 16, unit + 16);
  }
}

@final
class pair {
  @inline static put(i: usize, unit: usize): void {
    const at = frame.pred + i,
      foreground = i32x4.gt_s(v128.load(frame.labels + i), i32x4.splat(0)),
      x = f32x4.sub(v128.load(at + frame.predPitch), v128.load(at));
    odds.put(unit, v128.xor(x, i32x4.shl(v128.not(foreground), 31)), lanes.one());
    v128.store(unit, foreground, FOREGROUND);
  }
}

function pairGradient(from: usize, to: usize): void {
  const scale = f32x4.splat(frame.scale),
    grad = frame.grad,
    next = grad + frame.gradPitch,
    accumulate = frame.accumulate;
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const k = v128.and(f32x4.mul(f32x4.mul(weight.at(i), scale), v128.load(unit, STEEP)), pixels.valid(i)),
      up = i32x4.shl(v128.load(unit, FOREGROUND), 31); // the sign where the label is the second class
    pixels.put(grad + i, v128.xor(k, v128.andnot(lanes.sign(), up)), accumulate);
    pixels.put(next + i, v128.xor(k, up), accumulate);
  }
}

/** The addresses of four pixels' numbers in the planes of their own labels. */
@final
class own {
  /** Those in the first plane, less 4 bytes a lane, which `load` and `store` add. */
  @inline static first(i: usize): v128 {
    return i32x4.splat(<i32>(frame.prob + i));
  }
  @inline static next(first: v128): v128 {
    return i32x4.add(first, i32x4.splat(16));
  }
  @inline static at(first: v128, label: v128): v128 {
    return i32x4.add(i32x4.mul(label, i32x4.splat(<i32>frame.probPitch)), first);
  }
  @inline static load(at: v128): v128 {
    let x = v128.load32_zero(i32x4.extract_lane(at, 0));
    x = v128.load_lane<f32>(i32x4.extract_lane(at, 1), x, 1, 4);
    x = v128.load_lane<f32>(i32x4.extract_lane(at, 2), x, 2, 8);
    return v128.load_lane<f32>(i32x4.extract_lane(at, 3), x, 3, 12);
  }
  @inline static store(at: v128, x: v128): void {
    v128.store_lane<f32>(i32x4.extract_lane(at, 0), x, 0);
    v128.store_lane<f32>(i32x4.extract_lane(at, 1), x, 1, 4);
    v128.store_lane<f32>(i32x4.extract_lane(at, 2), x, 2, 8);
    v128.store_lane<f32>(i32x4.extract_lane(at, 3), x, 3, 12);
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
  odds.replace(unit, f32x4.sub(mine, largest), sum, which);
}

/** Whether all pixels weigh the same, and none asks for its loss. */
export function alike(): bool {
  return frame.uniform != 0 && !frame.unitWeights && !frame.units;
}

/**
 * The sum of the weighted losses; `known`: the unweighted sum, or less than 0. Steepness becomes k = -dL/dx / SUM, and
 * dL/dz is k times the planes.
 */
export function labelGradient(from: usize, to: usize, known: f64): f64 {
  const sum =
    known >= 0 ? known * <f64>load<f32>(frame.classTable) : alike() ? equalValues(from, to) : values(from, to);
  if (frame.grad) {
    if (frame.classes == 2) pairGradient(from, to);
    else {
      slopes(from, to);
      multiply(from, to);
    }
  }
  return sum;
}

/** All pixels weigh the same. */
function equalValues(from: usize, to: usize): f64 {
  let total = f32x4.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    total = f32x4.add(total, v128.and(v128.load(unit, VALUE), pixels.valid(i)));
    total = f32x4.add(total, v128.and(v128.load(unit, VALUE + 16), pixels.valid(i + 16)));
  }
  return lanes.sum(total) * <f64>load<f32>(frame.classTable);
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

function values(from: usize, to: usize): f64 {
  const units = frame.units;
  let total = f32x4.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const valid = pixels.valid(i),
      value = v128.and(f32x4.mul(weight.at(i), v128.load(unit, VALUE)), valid);
    if (units) pixels.rank(units + i, value, valid);
    total = f32x4.add(total, value);
  }
  return lanes.sum(total);
}

/** k, to the row of the steepness. */
function slopes(from: usize, to: usize): void {
  const scale = f32x4.splat(frame.scale);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const k = f32x4.div(f32x4.mul(f32x4.mul(weight.at(i), scale), v128.load(unit, STEEP)), v128.load(unit, SUM));
    v128.store(unit, v128.and(k, pixels.valid(i)), STEEP);
  }
}

/** k times the planes, to the gradient. */
function multiply(from: usize, to: usize): void {
  const pitch = frame.probPitch,
    bytes = <usize>frame.classes * pitch,
    gradPitch = frame.gradPitch,
    accumulate = frame.accumulate;
  for (let i = from, unit = frame.rows; i < to; i += 64, unit += 64) {
    const first = frame.prob + i;
    const a = v128.load(unit, STEEP),
      b = v128.load(unit, STEEP + 16),
      c = v128.load(unit, STEEP + 32),
      d = v128.load(unit, STEEP + 48);
    for (let at = first, out = frame.grad + i, last = first + bytes; at < last; at += pitch, out += gradPitch) {
      let gA = f32x4.mul(a, v128.load(at)),
        gB = f32x4.mul(b, v128.load(at, 16)),
        gC = f32x4.mul(c, v128.load(at, 32)),
        gD = f32x4.mul(d, v128.load(at, 48));
      if (accumulate) {
        gA = f32x4.add(gA, v128.load(out));
        gB = f32x4.add(gB, v128.load(out, 16));
        gC = f32x4.add(gC, v128.load(out, 32));
        gD = f32x4.add(gD, v128.load(out, 48));
      }
      v128.store(out, gA);
      v128.store(out, gB, 16);
      v128.store(out, gC, 32);
      v128.store(out, gD, 48);
    }
  }
}
