import { countOnes } from "../bindings/masks/bytes.js";
import { findBand } from "./band.js";
import { asVolume } from "./box.js";
import type { Surfaces } from "./distances.js";
import { KnownPair, type PairSource } from "./knownPair.js";
import { ListedPair } from "./listedPair.js";
import type { MaskPair, Part } from "./pair.js";
import { crop, LabelSide } from "./sides.js";
import { type Steps, stepSurfaces } from "./stepDistances.js";
import { isDense, type LoadedWindow, surfacesInWindow, withBoundaries } from "./surfaceDistances.js";

/** Beyond it all is outside: masks within the box that holds both. */
class CroppedPair extends KnownPair {
  #loaded(): LoadedWindow {
    const { c, box, source, image } = this;
    return {
      pred: source.pred.load(c, box),
      target: source.target.load(c, box),
      spatial: box.size.slice(3 - image.length),
    };
  }

  protected override findSurfaces(spacing: readonly number[]): Surfaces {
    return surfacesInWindow(this.source.kernels, this.#loaded(), spacing);
  }

  protected override findStepSurfaces(steps: Steps): Surfaces {
    return stepSurfaces(this.source.kernels, this.window(), steps);
  }

  override bands(width: number): { both: number; either: number } {
    const { kernels } = this.source;
    if (this.box.empty) return { both: 0, either: 0 };
    return withBoundaries(kernels, this.#loaded(), { connectivity: "full", width, border: true }, (p, t, pixels) => {
      const { both, pred, target } = countOnes(kernels, p, t, pixels);
      return { both, either: pred + target - both };
    });
  }

  override parts(side: "pred" | "target"): Iterable<Part> {
    const { pred, target, spatial } = this.window();
    return [side === "pred" ? { own: pred, other: target, spatial } : { own: target, other: pred, spatial }];
  }

  override inBand(width: number, around: "class" | "labels"): { both: number; either: number } {
    const { kernels, labelBand } = this.source,
      margin = Math.ceil(width) + 1,
      volume = asVolume(this.image),
      { pred, target, spatial } = this.window(margin);
    const band =
      around === "class"
        ? findBand(kernels, target, spatial, width)
        : crop(labelBand(width), volume, this.box.grown(margin, volume));
    let [both, either] = [0, 0];
    for (let i = 0; i < band.length; i++) {
      if (band[i] === 0) continue;
      both += pred[i] & target[i];
      either += pred[i] | target[i];
    }
    return { both, either };
  }
}

/** The pairs of a sample's classes, made so that all together they cost what its pixels and surfaces do. */
export function pairsOf(source: PairSource): (c: number) => MaskPair {
  const { pred, target } = source;
  if (!(pred instanceof LabelSide && target instanceof LabelSide))
    return (c) => new CroppedPair(source, c, pred.box(c).with(target.box(c)));
  let known: Int32Array | undefined;
  const marks = () => {
    known ??= new Int32Array(pred.numbers.length);
    return known;
  };
  return (c) => {
    const box = pred.box(c).with(target.box(c));
    if (!isDense(box.pixels, pred.size(c) + target.size(c))) return new ListedPair(source, c, box, pred, target, marks);
    return new CroppedPair(source, c, box);
  };
}
