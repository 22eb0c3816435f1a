import type { Connectivity } from "../topology/grid.js";
import { bandBound } from "./band.js";
import { asVolume, type Box } from "./box.js";
import type { ClassPixels } from "./classPixels.js";
import type { Surfaces } from "./distances.js";
import { KnownPair, once, type PairSource } from "./knownPair.js";
import { visitNear } from "./labelBand.js";
import type { Lesions } from "./lesionPairs.js";
import { lesionsOfPixels } from "./lesionShapes.js";
import { NearestPoints } from "./nearest.js";
import type { Overlaps } from "./objectOverlaps.js";
import type { Part } from "./pair.js";
import type { LabelSide } from "./sides.js";
import type { Steps } from "./stepDistances.js";
import { surfacesOfPlaces } from "./surfaceDistances.js";

/** Pixels of a class one by one, where they are few and far apart. */
export class ListedPair extends KnownPair {
  constructor(
    source: PairSource,
    c: number,
    box: Box,
    readonly pred: LabelSide,
    readonly target: LabelSide,
    /** Zeros, a number for each pixel of the image. */
    private readonly marks: () => Int32Array,
  ) {
    super(source, c, box);
  }

  #pixels(side: "pred" | "target"): ClassPixels {
    return this[side].pixels(this.image.length);
  }

  protected override findSurfaces(spacing: readonly number[]): Surfaces {
    const { c, image } = this,
      own = (side: "pred" | "target") => this.#pixels(side).surface(c, spacing);
    return surfacesOfPlaces(own("pred"), own("target"), image.length);
  }

  protected override findStepSurfaces(steps: Steps): Surfaces {
    const { c, image } = this,
      own = (side: "pred" | "target") => this.#pixels(side).surface(c, new Array<number>(image.length).fill(1));
    return surfacesOfPlaces(own("pred"), own("target"), image.length, steps);
  }

  /** The components of the class's pixels, by their numbers in whole maps. */
  override objects(connectivity: Connectivity): Overlaps {
    const { c, target } = this,
      sizes = (side: "pred" | "target") => {
        const components = this[side].components(connectivity),
          own = new Map<number, number>();
        for (const i of this.#pixels(side).of(c)) own.set(components[i], (own.get(components[i]) ?? 0) + 1);
        return {
          components,
          place: new Map([...own.keys()].map((number, i) => [number, i + 1])),
          all: [0, ...own.values()],
        };
      },
      [p, t] = [sizes("pred"), sizes("target")],
      common = new Map<string, { pred: number; target: number; pixels: number }>();
    for (const i of this.#pixels("pred").of(c)) {
      if (!target.has(i, c)) continue;
      const overlap = {
        pred: p.place.get(p.components[i]) as number,
        target: t.place.get(t.components[i]) as number,
      };
      once(common, `${overlap.pred} ${overlap.target}`, () => ({ ...overlap, pixels: 0 })).pixels++;
    }
    return {
      predSizes: Int32Array.from(p.all),
      targetSizes: Int32Array.from(t.all),
      pairs: [...common.values()],
    };
  }

  protected override findLesions(connectivity: Connectivity, dilation: number): Lesions {
    return lesionsOfPixels(this, this.image.length, { connectivity, dilation }, this.marks());
  }

  /** Of the class's pixels that `inPred` and `inTarget` take from their sides, those on both and those on either. */
  #count(inPred: (i: number) => boolean, inTarget: (i: number) => boolean): { both: number; either: number } {
    const { c, target } = this;
    let [both, either] = [0, 0];
    for (const i of this.#pixels("pred").of(c)) {
      if (!inPred(i)) continue;
      either++;
      if (target.has(i, c) && inTarget(i)) both++;
    }
    for (const i of this.#pixels("target").of(c)) if (inTarget(i)) either++;
    return { both, either: either - both };
  }

  override bands(width: number): { both: number; either: number } {
    const [p, t] = [this.#pixels("pred").inner(width), this.#pixels("target").inner(width)];
    return this.#count(
      (i) => p[i] === 0,
      (i) => t[i] === 0,
    );
  }

  override *parts(side: "pred" | "target"): Iterable<Part> {
    const other = this[side === "pred" ? "target" : "pred"],
      volume = asVolume(this.image);
    for (const { pixels, box } of this.#pixels(side).parts(this.c)) {
      const own = new Uint8Array(box.pixels),
        at = box.places(volume);
      for (const i of pixels) own[at(i)] = 1;
      yield { own, other: other.mask(this.c, box), spatial: box.size.slice(3 - this.image.length) };
    }
  }

  override inBand(width: number, around: "class" | "labels"): { both: number; either: number } {
    if (around === "labels") {
      const band = this.source.labelBand(width),
        inside = (i: number) => band[i] === 1;
      return this.#count(inside, inside);
    }
    const { c, target } = this,
      inside = this.#nearEdge(width),
      outside = this.#nearTarget(width);
    return this.#count(
      (i) => (target.has(i, c) ? inside.has(i) : outside(i)),
      (i) => inside.has(i),
    );
  }

  #nearEdge(width: number): Set<number> {
    const near = new Set<number>(),
      { target, c, image, source } = this;
    visitNear(source.kernels, target, c, { axes: image.length, width }, (i) => near.add(i));
    return near;
  }

  /** Whether a pixel out of the target lies within `width` of it. */
  #nearTarget(width: number): (i: number) => boolean {
    const axes = this.image.length,
      nearest = new NearestPoints(
        this.#pixels("target").surface(
          this.c,
          this.image.map(() => 1),
        ),
        axes,
      ),
      place = new Float64Array(axes);
    return (i) => {
      for (let k = axes - 1, rest = i; k >= 0; k--) {
        place[k] = rest % this.image[k];
        rest = (rest - place[k]) / this.image[k];
      }
      return nearest.squaredDistance(place, 0) <= bandBound(width);
    };
  }
}
