import { doubles } from "../math/doubles";
import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";
import { pixels } from "../tile/pixels";
import { FOREGROUND, ODDS, odds, STEEP, SUM, VALUE } from "./units";

/** What a channel's units ask: p and then, of soft targets, 1 - p; or either, by label or by a target of 0 and 1. */
export const enum Answer {
  Target = -2,
  Label = -1,
  No = 0,
  Yes = 1,
}

/** Independent channels: the odds against what each unit asks for. */
export function entryUnits(c: usize, answer: i32, from: usize, to: usize): void {
  const plane = frame.pred + c * frame.predPitch,
    by = answer == Answer.Target ? frame.target + c * frame.targetPitch : frame.labels,
    label = i32x4.splat(answer == Answer.Target ? 0x3f800000 : <i32>c + frame.firstLabel), // the bits of 1
    given = i32x4.splat(answer - 1),
    one = lanes.one(),
    each = answer < 0;
  if (frame.plain) {
    for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
      const p = v128.load(plane + i),
        rest = f32x4.sub(one, p),
        no = each ? i32x4.ne(v128.load(by + i), label) : given;
      v128.store(unit, v128.bitselect(rest, p, no), ODDS);
      v128.store(unit, v128.bitselect(p, rest, no), SUM);
      v128.store(unit, v128.not(no), FOREGROUND);
    }
    return;
  }
  for (let i = from, unit = frame.rows; i < to; i += 32, unit += 32) {
    const no = each ? i32x4.ne(v128.load(by + i), label) : given,
      no2 = each ? i32x4.ne(v128.load(by + i, 16), label) : given,
      yes = v128.not(no),
      yes2 = v128.not(no2);
    odds.put(
      unit,
      v128.xor(v128.load(plane + i), i32x4.shl(yes, 31)),
      v128.xor(v128.load(plane + i, 16), i32x4.shl(yes2, 31)),
    );
    v128.store(unit, yes, FOREGROUND);
    v128.store(unit, yes2, FOREGROUND + 16);
  }
}

/** How a block of a soft target is asked: where all its numbers are 0 or 1, each unit once. */
export function softAnswer(c: usize, from: usize, to: usize): Answer {
  const plane = frame.target + c * frame.targetPitch;
  let between = i32x4.splat(0);
  for (let i = from; i < to; i += 16) {
    const t = v128.load(plane + i);
    between = v128.or(between, f32x4.ne(t, f32x4.mul(t, t)));
  }
  return v128.any_true(between) ? Answer.Yes : Answer.Target;
}

/**
 * The class table holds (weight of yes, weight of no) per channel. Labels without weights of pixels have a loop of
 * their own.
 */
export function entryCollect(c: usize, answer: i32, from: usize, to: usize): f64 {
  if (answer >= 0 || frame.unitWeights || frame.units) return collectWeighted(c, answer, from, to);
  const yes = v128.load32_splat(frame.classTable + (c << 3)),
    no = v128.load32_splat(frame.classTable + (c << 3) + 4),
    scale = f32x4.splat(frame.scale),
    grad = frame.grad ? frame.grad + c * frame.gradPitch : 0,
    accumulate = frame.accumulate;
  let total = f64x2.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const asked = v128.load(unit, FOREGROUND),
      valid = pixels.valid(i),
      weight = v128.bitselect(yes, no, asked);
    total = f64x2.add(total, doubles.folded(v128.and(f32x4.mul(weight, v128.load(unit, VALUE)), valid)));
    if (!grad) continue;
    const g = v128.and(f32x4.mul(f32x4.mul(weight, scale), v128.load(unit, STEEP)), valid);
    pixels.put(grad + i, v128.xor(g, i32x4.shl(asked, 31)), accumulate); // -g for yes, g for no
  }
  return doubles.sum(total);
}

/** Logits, of which all answers of a channel weigh the same but for their pixels. */
export function evenEntries(c: usize): bool {
  const table = frame.classTable + (c << 3);
  return load<f32>(table) == load<f32>(table, 4) && !frame.plain && (frame.uniform || !frame.unitWeights);
}

function collectWeighted(c: usize, answer: i32, from: usize, to: usize): f64 {
  const yes = v128.load32_splat(frame.classTable + (c << 3)),
    no = v128.load32_splat(frame.classTable + (c << 3) + 4);
  const units = frame.units + c * frame.pitch,
    target = frame.target + c * frame.targetPitch,
    grad = frame.grad + c * frame.gradPitch,
    second = answer == Answer.No,
    one = lanes.one();
  let total = f64x2.splat(0);
  for (let i = from, unit = frame.rows; i < to; i += 16, unit += 16) {
    const asked = v128.load(unit, FOREGROUND);
    let weight = f32x4.mul(pixels.weight(c, i), v128.bitselect(yes, no, asked));
    if (answer >= 0) {
      const t = v128.load(target + i);
      weight = f32x4.mul(weight, second ? f32x4.sub(one, t) : t);
    }
    weight = v128.and(weight, pixels.valid(i));
    const value = v128.and(f32x4.mul(weight, v128.load(unit, VALUE)), pixels.valid(i));
    total = f64x2.add(total, doubles.folded(value));
    if (frame.units) {
      const at = units + i;
      pixels.rank(at, second ? f32x4.add(v128.load(at), value) : value, pixels.valid(i));
    }
    if (!frame.grad) continue;
    const g = v128.and(f32x4.mul(f32x4.mul(weight, f32x4.splat(frame.scale)), v128.load(unit, STEEP)), pixels.valid(i));
    const signed = v128.xor(g, i32x4.shl(asked, 31)),
      at = grad + i; // -g for yes, g for no
    v128.store(at, frame.accumulate || second ? f32x4.add(v128.load(at), signed) : signed);
  }
  return doubles.sum(total);
}
