import type { Kernels } from "../bindings/kernels.js";
import { type BoundaryOptions, boundaryMask } from "../bindings/masks/boundary.js";
import { countPairs } from "../bindings/masks/bytes.js";
import { distancesTo } from "../bindings/masks/distance.js";
import type { Box } from "./box.js";
import type { ClassPixels } from "./classPixels.js";
import type { MaskPair, SurfaceDistances } from "./declaration.js";
import { NearestPoints } from "./nearest.js";
import { LabelSide, type Side } from "./sides.js";

/** A sample's two sides, and what its image is. */
export interface PairSource {
  readonly kernels: Kernels;
  readonly pred: Side;
  readonly target: Side;
  readonly spatial: readonly number[];
  readonly spacing: readonly number[];
}

/** Beyond it all is outside: masks within the box that holds both. */
class CroppedPair implements MaskPair {
  readonly filled: MaskPair["filled"];
  readonly image: readonly number[];
  readonly #source: PairSource;
  readonly #spatial: readonly number[];
  readonly #pred: Uint8Array;
  readonly #target: Uint8Array;
  #surfaces?: SurfaceDistances;

  constructor(source: PairSource, c: number, box: Box) {
    const { pred, target, spatial } = source;
    this.#source = source;
    this.image = spatial;
    this.#spatial = box.size.slice(3 - spatial.length);
    this.filled = { pred: !pred.box(c).empty, target: !target.box(c).empty };
    this.#pred = pred.mask(c, box);
    this.#target = target.mask(c, box);
  }

  #boundary(mask: Uint8Array, options: BoundaryOptions): Uint8Array {
    const out = new Uint8Array(mask.length);
    boundaryMask(this.#source.kernels, mask, this.#spatial, options, out);
    return out;
  }

  get surfaces(): SurfaceDistances {
    if (this.#surfaces) return this.#surfaces;
    const options = { connectivity: "face", width: 1, border: true } as const,
      [p, t] = [this.#boundary(this.#pred, options), this.#boundary(this.#target, options)],
      { kernels, spacing } = this.#source;
    this.#surfaces = {
      fromPred: distancesTo(kernels, t, this.#spatial, spacing, p),
      fromTarget: distancesTo(kernels, p, this.#spatial, spacing, t),
    };
    return this.#surfaces;
  }

  bands(width: number): { both: number; either: number } {
    const options = { connectivity: "full", width, border: true } as const,
      [p, t] = [this.#boundary(this.#pred, options), this.#boundary(this.#target, options)],
      { both, pred, target } = countPairs(this.#source.kernels, p, t, 2);
    return { both: both[1], either: pred[1] + target[1] - both[1] };
  }
}

/** Pixels of a class one by one, where they are few and far apart. */
class ListedPair implements MaskPair {
  readonly filled: MaskPair["filled"];
  readonly image: readonly number[];
  #surfaces?: SurfaceDistances;

  constructor(
    readonly source: PairSource & { readonly pred: LabelSide; readonly target: LabelSide },
    readonly pred: ClassPixels,
    readonly target: ClassPixels,
    readonly c: number,
  ) {
    this.image = source.spatial;
    this.filled = { pred: pred.of(c).length > 0, target: target.of(c).length > 0 };
  }

  get surfaces(): SurfaceDistances {
    if (this.#surfaces) return this.#surfaces;
    const { spatial, spacing } = this.source,
      axes = spatial.length,
      [p, t] = [this.pred.surface(this.c, spacing), this.target.surface(this.c, spacing)];
    const distances = (from: Float64Array, to: Float64Array) => {
      const nearest = new NearestPoints(to.slice(), axes);
      return Float32Array.from({ length: from.length / axes }, (_, i) => nearest.squaredDistance(from, i * axes));
    };
    this.#surfaces = { fromPred: distances(p, t), fromTarget: distances(t, p) };
    return this.#surfaces;
  }

  bands(width: number): { both: number; either: number } {
    const { c } = this,
      [p, t] = [this.pred.inner(width), this.target.inner(width)],
      { labels } = this.source.target;
    const count = (pixels: Int32Array, inBand: (i: number) => boolean) => {
      let n = 0;
      for (const i of pixels) if (inBand(i)) n++;
      return n;
    };
    const own = count(this.pred.of(c), (i) => p[i] === 0),
      other = count(this.target.of(c), (i) => t[i] === 0),
      both = count(this.pred.of(c), (i) => p[i] === 0 && labels[i] === c && t[i] === 0);
    return { both, either: own + other - both };
  }
}

/** A box may hold so many pixels for each of the class, or so many at all: work in it is that much faster. */
const PER_PIXEL = 16,
  SMALL = 4096;

/** The pairs of a sample's classes, made so that all together they cost what its pixels and surfaces do. */
export function pairsOf(source: PairSource): (c: number) => MaskPair {
  const { pred, target, spatial } = source;
  if (!(pred instanceof LabelSide && target instanceof LabelSide))
    return (c) => new CroppedPair(source, c, pred.box(c).with(target.box(c)));
  return (c) => {
    const box = pred.box(c).with(target.box(c)),
      { length } = spatial;
    if (box.pixels <= Math.max(SMALL, PER_PIXEL * (pred.size(c) + target.size(c))))
      return new CroppedPair(source, c, box);
    return new ListedPair({ ...source, pred, target }, pred.pixels(length), target.pixels(length), c);
  };
}
