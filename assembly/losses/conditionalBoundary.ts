import { doubles } from "../math/doubles";
import { crossEntropy } from "../math/softmax64";
import { addScaled, dot } from "../math/vectors";
import { listMembers, windows } from "../neighbourhood/anchors";
import { Features } from "../neighbourhood/features";
import { image } from "../neighbourhood/image";
import { BOUNDARY, RIGHT } from "../neighbourhood/marks";
import { needs, Said, say } from "../protocol";

/**
 * Conditional boundary loss: around each boundary pixel, features of the same class attract and others repel each
 * other, and the mean of the neighbours of its class that are predicted right draws the pixel and is classified. Wu,
 * Guo, Li, Yu, Gao, Sang, "Conditional Boundary Loss for Semantic Segmentation", 2023.
 */
@unmanaged
class Terms {
  features: i32;
  /** [classes, features padded to an even number] and [classes], float64; 0: the features are the logits. */
  classifier: usize;
  bias: usize;
  /** float64 per class: factors of the pulls, of the classifications, and of those by all neighbours of the class. */
  factors: usize;
  /** The factor of a pair. */
  pair: f64;
  /** Whether derivatives are wanted. */
  slopes: bool;
  /** Room for a centre, its derivatives, and logits. */
  scratch: usize;

  /** Bytes of a pixel's features. */
  @inline bytes(): usize {
    return (<usize>((this.features + 1) & ~1)) << 3;
  }
  @inline logits(): usize {
    return this.scratch + 2 * this.bytes();
  }
}

const terms = changetype<Terms>(memory.data(offsetof<Terms>(), 16));

export function setConditionalBoundary(
  features: i32,
  slopes: bool,
  pair: f64,
  factors: usize,
  classifier: usize,
  bias: usize,
  scratch: usize,
): void {
  say(Said.ConditionalBoundary, scratch);
  terms.features = features;
  terms.slopes = slopes;
  terms.pair = pair;
  terms.factors = factors;
  terms.classifier = classifier;
  terms.bias = bias;
  terms.scratch = scratch;
}

/** The derivative of `slope` times the cosine of two pixels, by both. */
function turn(a: usize, b: usize, bytes: usize, slope: f64, cos: f64): void {
  const first = Features.inverse(a, bytes),
    second = Features.inverse(b, bytes);
  addScaled(a + bytes, slope * first * second, b, bytes);
  addScaled(b + bytes, slope * first * second, a, bytes);
  Features.shrink(a, bytes, slope * cos * first * first);
  Features.shrink(b, bytes, slope * cos * second * second);
}

/** (cos - [same label])^2 of two pixels, `count` times. */
@final
class Pair {
  @inline static loss(a: usize, b: usize, bytes: usize, same: bool, count: i32): f64 {
    const defined = !(Features.square(a, bytes) * Features.square(b, bytes) <= 1e-16); // NaN stays NaN
    const cos = defined ? dot(a, b, bytes) * Features.inverse(a, bytes) * Features.inverse(b, bytes) : 0,
      error = cos - (same ? 1 : 0),
      factor = <f64>count * terms.pair;
    // One feature has no direction that could turn.
    if (terms.slopes && defined && terms.features > 1) turn(a, b, bytes, 2 * factor * error, cos);
    return factor * error * error;
  }
}

/** A pixel's pairs with those that follow it: a pair of two anchors counts twice, so that its product is taken once. */
function pairsOf(y: i32, x: i32, mark: i32, record: usize): f64 {
  const reach = windows.reach,
    bytes = terms.bytes(),
    size = image.record,
    least = windows.aware ? RIGHT : 0,
    anchor = i32((mark & BOUNDARY) != 0 && windows.inside(y, x)),
    pairs = windows.pairs(mark),
    last = min(image.width - 1, x + reach);
  let sum: f64 = 0;
  for (let v = y, bottom = min(image.height - 1, y + reach); v <= bottom; v++) {
    const first = v == y ? x + 1 : max(0, x - reach),
      // Columns whose windows lie within the image.
      low = pairs && v >= reach && v < image.height - reach ? reach : i32.MAX_VALUE,
      high = image.width - reach;
    let at = windows.marks + ((<usize>(v * image.width + first)) << 2),
      neighbour = image.row(v) + <usize>first * size;
    for (let u = first; u <= last; u++, at += 4, neighbour += size) {
      const other = load<i32>(at);
      if (other < 0) continue;
      const count =
        (anchor & i32((other & RIGHT) >= least)) + (i32((other & BOUNDARY) != 0) & i32(u >= low) & i32(u < high));
      if (count) sum += Pair.loss(record, neighbour, bytes, (mark ^ other) >>> 2 == 0, count);
    }
  }
  return sum;
}

/** The mean of so many members, less a little, as in the authors' code. */
function makeCentre(count: i32): void {
  const share = f64x2.splat(1 / (<f64>count + 1e-5)),
    end = windows.members + ((<usize>count) << 2);
  for (let d: usize = 0, bytes = terms.bytes(); d < bytes; d += 16) {
    let sum = f64x2.splat(0);
    for (let at = windows.members; at < end; at += 4) sum = f64x2.add(sum, v128.load(load<usize>(at) + d));
    v128.store(terms.scratch + d, f64x2.mul(share, sum));
  }
}

/** The squared distance of a pixel from its centre, which stays where it is. */
function pull(record: usize, factor: f64): f64 {
  const bytes = terms.bytes(),
    twice = f64x2.splat(2 * factor);
  let sum = f64x2.splat(0);
  for (let d: usize = 0; d < bytes; d += 16) {
    const distance = f64x2.sub(v128.load(record + d), v128.load(terms.scratch + d)),
      slope = record + bytes + d;
    sum = f64x2.add(sum, f64x2.mul(distance, distance));
    if (terms.slopes) v128.store(slope, f64x2.add(v128.load(slope), f64x2.mul(twice, distance)));
  }
  return factor * doubles.sum(sum);
}

/** Logits of the centre: the classifier's, or the centre itself. */
function makeLogits(): void {
  const bytes = terms.bytes(),
    logits = terms.logits();
  if (terms.classifier == 0) memory.copy(logits, terms.scratch, (<usize>windows.classes) << 3);
  else
    for (let k: usize = 0; k < <usize>windows.classes; k++) {
      store<f64>(
        logits + (k << 3),
        dot(terms.classifier + k * bytes, terms.scratch, bytes) + load<f64>(terms.bias + (k << 3)),
      );
    }
  if (windows.classes & 1) store<f64>(logits + ((<usize>windows.classes) << 3), -1e300);
}

/** The cross entropy of the centre's class; the derivatives take the logits' place. */
function classify(label: i32): f64 {
  const bytes = (<usize>((windows.classes + 1) & ~1)) << 3;
  return crossEntropy(terms.logits(), bytes, label, 1, 0);
}

/** Sends the derivatives by the logits, so many times, to the members of the centre. */
function sendBack(count: i32, factor: f64): void {
  const bytes = terms.bytes(),
    slopes = terms.classifier ? terms.scratch + bytes : terms.logits();
  if (terms.classifier) {
    memory.fill(slopes, 0, bytes);
    for (let k: usize = 0; k < <usize>windows.classes; k++) {
      addScaled(slopes, load<f64>(terms.logits() + (k << 3)), terms.classifier + k * bytes, bytes);
    }
  }
  const share = f64x2.splat(factor / (<f64>count + 1e-5)),
    end = windows.members + ((<usize>count) << 2);
  for (let d: usize = 0; d < bytes; d += 16) {
    const slope = f64x2.mul(share, v128.load(slopes + d));
    for (let at = windows.members; at < end; at += 4) {
      const to = load<usize>(at) + bytes + d;
      v128.store(to, f64x2.add(v128.load(to), slope));
    }
  }
}

/**
 * A boundary pixel's centre: the mean of the neighbours of its class that are predicted right, or of all. Pulls only
 * where the former.
 */
function centreLoss(y: i32, x: i32, label: i32, record: usize, right: bool): f64 {
  const column = terms.factors + ((<usize>label) << 3),
    stride = (<usize>windows.classes) << 3,
    pulling = right ? load<f64>(column) : 0,
    classifying = load<f64>(column + (right ? stride : 2 * stride));
  if (pulling == 0 && classifying == 0) return 0;
  const count = listMembers(y, x, label, right);
  if (count == 0) return 0;
  makeCentre(count);
  let sum: f64 = pulling == 0 ? 0 : pull(record, pulling);
  if (classifying == 0) return sum;
  makeLogits();
  sum += classifying * classify(label);
  if (terms.slopes) sendBack(count, classifying);
  return sum;
}

/** What a row's needed pixels add to the loss; derivatives are added to the records. */
export function conditionalBoundaryRow(y: i32, needed: usize): f64 {
  needs(Said.ConditionalBoundary);
  needs(Said.Windows);
  needs(Said.Image);
  const row = <usize>(y * image.width);
  let sum: f64 = 0;
  for (let x = 0; x < image.width; x++) {
    if (!load<u8>(needed + row + <usize>x)) continue;
    const mark = windows.mark(y, x),
      record = image.row(y) + <usize>x * image.record;
    if (terms.pair != 0) sum += pairsOf(y, x, mark, record);
    if (!(mark & BOUNDARY)) continue;
    if (mark & RIGHT) sum += centreLoss(y, x, mark >> 2, record, true);
    if (!windows.aware) sum += centreLoss(y, x, mark >> 2, record, false);
  }
  return sum;
}
