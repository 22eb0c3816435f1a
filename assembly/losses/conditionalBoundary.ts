import { addScaled, dot, Features } from "../features";
import { BOUNDARY, RIGHT } from "../marks";
import { doubles } from "../math/doubles";
import { dilate, image } from "../neighbourhood";

/**
 * Conditional boundary loss: around each boundary pixel, features of the same class attract and others repel each other, and the mean of the
 * neighbours of its class that are predicted right draws the pixel and is classified.
 * Wu, Guo, Li, Yu, Gao, Sang, "Conditional Boundary Loss for Semantic Segmentation", 2023.
 */
@unmanaged
class Windows {
  marks: usize;
  reach: i32;
  features: i32;
  classes: i32;
  /** Whether only neighbours that are predicted right make pairs. */
  aware: bool;
  /** [classes, features padded to an even number] and [classes], float64; 0: the features are the logits. */
  classifier: usize;
  bias: usize;
  /** float64 per class: factors of the pulls, of the classifications, and of those by all neighbours of the class. */
  factors: usize;
  /** The factor of a pair. */
  pair: f64;
  /** Whether derivatives are wanted. */
  slopes: bool;
  /** A centre, its derivatives, logits, and addresses of the members' records. */
  scratch: usize;

  @inline bytes(): usize {
    return (<usize>((this.features + 1) & ~1)) << 3;
  }
  @inline logits(): usize {
    return this.scratch + 2 * this.bytes();
  }
  @inline members(): usize {
    return this.logits() + ((<usize>((this.classes + 1) & ~1)) << 3);
  }
  /** Whether the window around a pixel lies within the image. */
  @inline inside(y: i32, x: i32): bool {
    return y >= this.reach && x >= this.reach && y < image.height - this.reach && x < image.width - this.reach;
  }
  @inline mark(y: i32, x: i32): i32 {
    return load<i32>(this.marks + ((<usize>(y * image.width + x)) << 2));
  }
  /** Whether a neighbour makes a pair. */
  @inline pairs(mark: i32): bool {
    return mark >= 0 && (!this.aware || (mark & RIGHT) != 0);
  }
}

const windows = changetype<Windows>(memory.data(offsetof<Windows>(), 16));

export function setConditionalBoundary(marks: usize, reach: i32, features: i32, classes: i32, aware: bool, slopes: bool): void {
  windows.marks = marks;
  windows.reach = reach;
  windows.features = features;
  windows.classes = classes;
  windows.aware = aware;
  windows.slopes = slopes;
}

export function setConditionalFactors(pair: f64, factors: usize, classifier: usize, bias: usize, scratch: usize): void {
  windows.pair = pair;
  windows.factors = factors;
  windows.classifier = classifier;
  windows.bias = bias;
  windows.scratch = scratch;
}

/**
 * Lists the records (`collect`), or only counts, the neighbours of a pixel that have its label and, if `right`, are predicted right: the
 * members of its centre. Records stand in the rows that are there; what lies beyond the image is absent.
 */
function members(y: i32, x: i32, label: i32, right: bool, collect: bool): i32 {
  const reach = windows.reach;
  let count: usize = 0;
  for (let v = max(0, y - reach), last = min(image.height - 1, y + reach); v <= last; v++) {
    for (let u = max(0, x - reach), end = min(image.width - 1, x + reach); u <= end; u++) {
      const mark = windows.mark(v, u);
      if (mark >> 2 != label || (right && (mark & RIGHT) == 0) || (v == y && u == x)) continue;
      if (collect) store<usize>(windows.members() + (count << 2), image.row(v) + <usize>u * image.record);
      count++;
    }
  }
  return <i32>count;
}

/**
 * How many pairs and anchors a sample has: adds to float64 at `counts`, pairs first, then the anchors of each class, then those with any
 * neighbours of their class.
 */
export function conditionalBoundaryCounts(counts: usize): void {
  const reach = windows.reach,
    anchors = counts + 8,
    all = anchors + ((<usize>windows.classes) << 3);
  let pairs = 0;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const mark = windows.mark(y, x),
        label = mark >> 2;
      if (mark < 0 || !(mark & BOUNDARY)) continue;
      if (windows.inside(y, x)) {
        for (let v = y - reach; v <= y + reach; v++) for (let u = x - reach; u <= x + reach; u++) pairs += i32(windows.pairs(windows.mark(v, u)));
        pairs -= i32(windows.pairs(mark));
      }
      const at = (<usize>label) << 3;
      if (mark & RIGHT && members(y, x, label, true, false) > 0) store<f64>(anchors + at, load<f64>(anchors + at) + 1);
      if (!windows.aware && members(y, x, label, false, false) > 0) store<f64>(all + at, load<f64>(all + at) + 1);
    }
  }
  store<f64>(counts, load<f64>(counts) + <f64>pairs);
}

/** The pixels whose features matter: those on boundaries, and their neighbours that make pairs or centres. */
export function conditionalBoundaryNeeded(needed: usize, spare: usize): void {
  const pixels = <usize>(image.height * image.width);
  for (let i: usize = 0; i < pixels; i++) {
    const mark = load<i32>(windows.marks + (i << 2));
    store<u8>(needed + i, u8(mark >= 0 && (mark & BOUNDARY) != 0));
  }
  dilate(needed, spare, image.height, image.width, windows.reach);
  for (let i: usize = 0; i < pixels; i++) {
    const mark = load<i32>(windows.marks + (i << 2));
    if (!windows.pairs(mark) && (mark < 0 || !(mark & BOUNDARY))) store<u8>(needed + i, 0);
  }
}

/** (cos - [same label])^2 of two pixels, `count` times. */
function pairLoss(a: usize, b: usize, same: bool, count: i32): f64 {
  const bytes = windows.bytes(),
    defined = !(Features.square(a, bytes) * Features.square(b, bytes) <= 1e-16); // NaN stays NaN
  const first = Features.inverse(a, bytes),
    second = Features.inverse(b, bytes),
    cos = defined ? dot(a, b, bytes) * first * second : 0,
    error = cos - (same ? 1 : 0),
    factor = <f64>count * windows.pair;
  // One feature has no direction that could turn.
  if (windows.slopes && defined && windows.features > 1) {
    const slope = 2 * factor * error;
    addScaled(a + bytes, b, slope * first * second, bytes);
    addScaled(b + bytes, a, slope * first * second, bytes);
    Features.shrink(a, bytes, slope * cos * first * first);
    Features.shrink(b, bytes, slope * cos * second * second);
  }
  return factor * error * error;
}

/** A pixel's pairs with those that follow it: a pair of two anchors counts twice, so that its product is taken once. */
function pairsOf(y: i32, x: i32, mark: i32, record: usize): f64 {
  const reach = windows.reach,
    anchor = (mark & BOUNDARY) != 0 && windows.inside(y, x),
    pairs = windows.pairs(mark);
  let sum: f64 = 0;
  for (let v = y, last = min(image.height - 1, y + reach); v <= last; v++) {
    const row = image.row(v);
    for (let u = v == y ? x + 1 : max(0, x - reach), end = min(image.width - 1, x + reach); u <= end; u++) {
      const other = windows.mark(v, u);
      if (other < 0) continue;
      const count = i32(anchor && windows.pairs(other)) + i32(pairs && (other & BOUNDARY) != 0 && windows.inside(v, u));
      if (count > 0) sum += pairLoss(record, row + <usize>u * image.record, mark >> 2 == other >> 2, count);
    }
  }
  return sum;
}

/** The mean of so many members, less a little, as in the authors' code. */
function makeCentre(count: i32): void {
  const share = f64x2.splat(1 / (<f64>count + 1e-5)),
    end = windows.members() + ((<usize>count) << 2);
  for (let d: usize = 0, bytes = windows.bytes(); d < bytes; d += 16) {
    let sum = f64x2.splat(0);
    for (let at = windows.members(); at < end; at += 4) sum = f64x2.add(sum, v128.load(load<usize>(at) + d));
    v128.store(windows.scratch + d, f64x2.mul(share, sum));
  }
}

/** The squared distance of a pixel from its centre, which stays where it is. */
function pull(record: usize, factor: f64): f64 {
  const bytes = windows.bytes(),
    twice = f64x2.splat(2 * factor);
  let sum = f64x2.splat(0);
  for (let d: usize = 0; d < bytes; d += 16) {
    const distance = f64x2.sub(v128.load(record + d), v128.load(windows.scratch + d)),
      slope = record + bytes + d;
    sum = f64x2.add(sum, f64x2.mul(distance, distance));
    if (windows.slopes) v128.store(slope, f64x2.add(v128.load(slope), f64x2.mul(twice, distance)));
  }
  return factor * doubles.sum(sum);
}

/** Logits of the centre: the classifier's, or the centre itself. */
function makeLogits(): void {
  const bytes = windows.bytes(),
    logits = windows.logits();
  if (windows.classifier == 0) memory.copy(logits, windows.scratch, (<usize>windows.classes) << 3);
  else
    for (let k: usize = 0; k < <usize>windows.classes; k++) {
      store<f64>(logits + (k << 3), dot(windows.classifier + k * bytes, windows.scratch, bytes) + load<f64>(windows.bias + (k << 3)));
    }
  if (windows.classes & 1) store<f64>(logits + ((<usize>windows.classes) << 3), -1e300);
}

/** The cross entropy of the centre's class; the derivatives take the logits' place. What is nearly 1 is taken as 1 minus the rest. */
function classify(label: i32): f64 {
  const logits = windows.logits(),
    end = logits + ((<usize>((windows.classes + 1) & ~1)) << 3),
    hit = logits + ((<usize>label) << 3),
    own = load<f64>(hit);
  let largest = own;
  for (let at = logits; at < end; at += 8) largest = max(largest, load<f64>(at));
  for (let at = logits; at < end; at += 16) v128.store(at, doubles.expNegative(f64x2.sub(v128.load(at), f64x2.splat(largest))));
  const share = load<f64>(hit);
  store<f64>(hit, 0);
  let others: f64 = 0;
  for (let at = logits; at < end; at += 8) others += load<f64>(at);
  const scale = 1 / (others + share);
  for (let at = logits; at < end; at += 8) store<f64>(at, scale * load<f64>(at));
  store<f64>(hit, -scale * others);
  return own == largest ? Math.log1p(others) : largest - own + Math.log(others + share);
}

/** Sends the derivatives by the logits, so many times, to the members of the centre. */
function sendBack(count: i32, factor: f64): void {
  const bytes = windows.bytes(),
    slopes = windows.classifier ? windows.scratch + bytes : windows.logits();
  if (windows.classifier) {
    memory.fill(slopes, 0, bytes);
    for (let k: usize = 0; k < <usize>windows.classes; k++) {
      addScaled(slopes, windows.classifier + k * bytes, load<f64>(windows.logits() + (k << 3)), bytes);
    }
  }
  for (let at = windows.members(), end = at + ((<usize>count) << 2); at < end; at += 4) {
    addScaled(load<usize>(at) + bytes, slopes, factor / (<f64>count + 1e-5), bytes);
  }
}

/** A boundary pixel's centre: the mean of the neighbours of its class that are predicted right, or of all. Pulls only where the former. */
function centreLoss(y: i32, x: i32, label: i32, record: usize, right: bool): f64 {
  const column = windows.factors + ((<usize>label) << 3),
    stride = (<usize>windows.classes) << 3,
    pulling = right ? load<f64>(column) : 0,
    classifying = load<f64>(column + (right ? stride : 2 * stride));
  if (pulling == 0 && classifying == 0) return 0;
  const count = members(y, x, label, right, true);
  if (count == 0) return 0;
  makeCentre(count);
  let sum: f64 = pulling == 0 ? 0 : pull(record, pulling);
  if (classifying == 0) return sum;
  makeLogits();
  sum += classifying * classify(label);
  if (windows.slopes) sendBack(count, classifying);
  return sum;
}

/** What a row's needed pixels add to the loss; derivatives are added to the records. */
export function conditionalBoundaryRow(y: i32, needed: usize): f64 {
  const row = <usize>(y * image.width);
  let sum: f64 = 0;
  for (let x = 0; x < image.width; x++) {
    if (!load<u8>(needed + row + <usize>x)) continue;
    const mark = windows.mark(y, x),
      record = image.row(y) + <usize>x * image.record;
    if (windows.pair != 0) sum += pairsOf(y, x, mark, record);
    if (!(mark & BOUNDARY)) continue;
    if (mark & RIGHT) sum += centreLoss(y, x, mark >> 2, record, true);
    if (!windows.aware) sum += centreLoss(y, x, mark >> 2, record, false);
  }
  return sum;
}
