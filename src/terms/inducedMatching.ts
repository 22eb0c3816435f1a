import type { ImagePersistence } from "../bindings/planes/imagePersistence.js";

type BothBarcodes = ReturnType<ImagePersistence["barcodes"]>;
type Levels = ReturnType<ImagePersistence["levels"]>;
/** Takes a derivative by p. */
export type Add = (pixel: number, slope: number) => void;

/**
 * For each pair of the prediction the number of the target's pair that it is matched with, or -1: both are in the image
 * of the same pair of the union (Bauer, Lesnick, "Induced matchings and the algebraic stability of persistence
 * barcodes", 2015). Images that last no time match nothing; those of them that last have pairs that last.
 */
function matchingOf({ prediction, target }: BothBarcodes, levels: Levels, dimension: number): Int32Array {
  const count = prediction.own.length / 2,
    lives = (side: "prediction" | "target", image: Int32Array, i: number) =>
      levels[side][image[2 * i]] > levels.union[image[2 * i + 1]];
  const partners = new Int32Array(count).fill(-1);
  if (dimension === 0) {
    // An image begins where its pair does, and ends with the union's.
    const bornAt = (own: Int32Array) => {
      const numbers = new Int32Array(count);
      for (let i = 0; i < count; i++) numbers[own[2 * i]] = i;
      return numbers;
    };
    const [ours, theirs] = [bornAt(prediction.own), bornAt(target.own)],
      last = count - 1;
    for (let i = 0; i < last; i++)
      if (lives("prediction", prediction.image, i) && lives("target", target.image, i))
        partners[ours[prediction.image[2 * i]]] = theirs[target.image[2 * i]];
    const begins = levels.prediction[prediction.own[2 * last]] > 0 && levels.target[target.own[2 * last]] > 0;
    if (begins) partners[last] = last;
    return partners;
  }
  // An image begins with its pair, and ends where the union's does.
  const theirs = new Int32Array(count).fill(-1);
  for (let i = 0; i < count; i++) if (lives("target", target.image, i)) theirs[target.image[2 * i + 1]] = i;
  for (let i = 0; i < count; i++)
    if (lives("prediction", prediction.image, i)) partners[i] = theirs[prediction.image[2 * i + 1]];
  return partners;
}

/**
 * What the pairs of a dimension cost: matched ones twice the squared distance, the others of both sides that to the
 * diagonal.
 */
export function costOfMatching(of: ImagePersistence, dimension: number, minPersistence: number, add: Add): number {
  const barcodes = of.barcodes(dimension),
    { prediction, target } = barcodes,
    levels = of.levels(),
    partners = matchingOf(barcodes, levels, dimension),
    t = levels.target,
    pixels = t.length,
    matched = new Uint8Array(partners.length);
  let value = 0;
  /** An end draws to its partner's. */
  const draw = (pixel: number, partner: number) => {
    if (pixel === pixels) return;
    const wanted = t[partner],
      excess = wanted === 1 ? -of.q(pixel) : of.p(pixel) - wanted;
    value += 2 * excess ** 2;
    add(pixel, 4 * excess);
  };
  for (let i = 0; i < partners.length; i++) {
    const partner = partners[i],
      birth = prediction.own[2 * i],
      death = prediction.own[2 * i + 1];
    if (partner >= 0) {
      matched[partner] = 1;
      draw(birth, target.own[2 * partner]);
      draw(death, target.own[2 * partner + 1]);
      continue;
    }
    const persistence = of.p(birth) - (death < pixels ? of.p(death) : 0);
    if (persistence <= minPersistence) continue;
    value += persistence ** 2;
    add(birth, 2 * persistence);
    if (death < pixels) add(death, -2 * persistence);
  }
  for (let i = 0; i < matched.length; i++) {
    const birth = target.own[2 * i],
      death = target.own[2 * i + 1];
    if (!matched[i]) value += (t[birth] - (death < pixels ? t[death] : 0)) ** 2;
  }
  return value;
}
