import type { Kernels } from "../bindings/kernels.js";
import { type BoundaryOptions, boundaryMask } from "../bindings/masks/boundary.js";
import { countPairs } from "../bindings/masks/bytes.js";
import { distancesTo } from "../bindings/masks/distance.js";
import { asVolume, type Box } from "./box.js";
import type { ClassPixels } from "./classPixels.js";
import { NearestPoints } from "./nearest.js";
import { Distances, type MaskPair, type Surfaces, type Window } from "./pair.js";
import { type Counts, crop, LabelSide, type Side } from "./sides.js";

/** A sample's two sides, and what its image is. */
export interface PairSource {
  readonly kernels: Kernels;
  readonly pred: Side;
  readonly target: Side;
  readonly spatial: readonly number[];
  readonly counts: (c: number) => Counts;
  /** 1 at the pixels of the image near which the target's class changes. */
  readonly labelBand: (width: number) => Uint8Array;
}

/** What every pair knows; where its surfaces and bands are, each finds in its own way. */
abstract class KnownPair implements MaskPair {
  readonly filled: MaskPair["filled"];
  readonly image: readonly number[];
  readonly #surfaces = new Map<string, Surfaces>();
  readonly #windows = new Map<number, Window>();

  constructor(
    readonly source: PairSource,
    readonly c: number,
    readonly box: Box,
  ) {
    this.image = source.spatial;
    this.filled = { pred: !source.pred.box(c).empty, target: !source.target.box(c).empty };
  }

  get counts(): Counts {
    return this.source.counts(this.c);
  }

  window(margin = 0): Window {
    const known = this.#windows.get(margin);
    if (known) return known;
    const { pred, target, spatial } = this.source,
      box = this.box.grown(margin, asVolume(spatial)),
      found = {
        pred: pred.mask(this.c, box),
        target: target.mask(this.c, box),
        spatial: box.size.slice(3 - spatial.length),
      };
    this.#windows.set(margin, found);
    return found;
  }

  labelBand(width: number, margin: number): Uint8Array {
    const volume = asVolume(this.image);
    return crop(this.source.labelBand(width), volume, this.box.grown(margin, volume));
  }

  surfaces(spacing: readonly number[]): Surfaces {
    const key = spacing.join(),
      found = this.#surfaces.get(key) ?? this.findSurfaces(spacing);
    this.#surfaces.set(key, found);
    return found;
  }

  protected abstract findSurfaces(spacing: readonly number[]): Surfaces;
  abstract bands(width: number): { both: number; either: number };
}

/** Beyond it all is outside: masks within the box that holds both. */
class CroppedPair extends KnownPair {
  #boundary(side: "pred" | "target", options: BoundaryOptions): Uint8Array {
    const window = this.window(),
      out = new Uint8Array(window[side].length);
    boundaryMask(this.source.kernels, window[side], window.spatial, options, out);
    return out;
  }

  protected override findSurfaces(spacing: readonly number[]): Surfaces {
    return surfacesOf(this.source.kernels, this.window(), spacing);
  }

  override bands(width: number): { both: number; either: number } {
    const options = { connectivity: "full", width, border: true } as const,
      [p, t] = [this.#boundary("pred", options), this.#boundary("target", options)],
      { both, pred, target } = countPairs(this.source.kernels, p, t, 2);
    return { both: both[1], either: pred[1] + target[1] - both[1] };
  }
}

/** Of masks that are filled, beyond whose window all is outside. */
function surfacesOf(kernels: Kernels, { pred, target, spatial }: Window, spacing: readonly number[]): Surfaces {
  const outer = (mask: Uint8Array) => {
    const out = new Uint8Array(mask.length);
    boundaryMask(kernels, mask, spatial, { connectivity: "face", width: 1, border: true }, out);
    return out;
  };
  const [p, t] = [outer(pred), outer(target)];
  return {
    fromPred: new Distances(distancesTo(kernels, t, spatial, spacing, p)),
    fromTarget: new Distances(distancesTo(kernels, p, spatial, spacing, t)),
  };
}

/** Pixels of a class one by one, where they are few and far apart. */
class ListedPair extends KnownPair {
  constructor(
    source: PairSource,
    c: number,
    box: Box,
    readonly pred: ClassPixels,
    readonly target: ClassPixels,
    readonly labels: ArrayLike<number>,
  ) {
    super(source, c, box);
  }

  protected override findSurfaces(spacing: readonly number[]): Surfaces {
    const axes = this.image.length,
      [p, t] = [this.pred.surface(this.c, spacing), this.target.surface(this.c, spacing)];
    const distances = (from: Float64Array, to: Float64Array) => {
      const nearest = new NearestPoints(to.slice(), axes);
      return new Distances(
        Float32Array.from({ length: from.length / axes }, (_, i) => nearest.squaredDistance(from, i * axes)),
      );
    };
    return { fromPred: distances(p, t), fromTarget: distances(t, p) };
  }

  override bands(width: number): { both: number; either: number } {
    const { c, labels } = this,
      [p, t] = [this.pred.inner(width), this.target.inner(width)];
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
    return new ListedPair(source, c, box, pred.pixels(length), target.pixels(length), target.labels);
  };
}
