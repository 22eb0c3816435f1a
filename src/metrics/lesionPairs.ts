import type { Kernels } from "../bindings/kernels.js";
import { copied } from "../bindings/masks/distance.js";
import { mapInto } from "../tensors/mapInto.js";
import type { Components } from "../topology/components.js";
import { asVolume } from "./box.js";
import type { Surfaces } from "./distances.js";
import { VOID } from "./numbering.js";
import { findOverlaps } from "./objectOverlaps.js";
import { crop, LabelSide } from "./sides.js";
import { isDense, surfacesInWindow, surfacesOfPlaces } from "./surfaceDistances.js";

/** What lesions are found from, in a window beyond which all is outside. */
interface LesionSource {
  readonly kernels: Kernels;
  readonly spatial: readonly number[];
  readonly pred: Components;
  readonly target: Uint8Array;
  /** Components of the target after its dilation: what they hold of it is one lesion. */
  readonly dilated: Components;
}

/** The lesions of a target, each with the predicted ones that meet it dilated; one of these may meet several. */
export class Lesions {
  /** Lesions of the target are numbered from 1 on. */
  readonly count: number;
  /** Predicted lesions that meet none. */
  readonly alone: number;
  /** By lesion of the target: its pixels, those of them that are predicted, and which predicted lesions it meets. */
  readonly sizes: Int32Array;
  readonly both: Int32Array;
  readonly met: readonly (readonly number[])[];
  readonly #source: LesionSource;
  readonly #predSizes: Int32Array;
  readonly #surfaces = new Map<string, Surfaces[]>();
  #sides?: { readonly pred: LabelSide; readonly target: LabelSide };

  constructor(source: LesionSource) {
    const { pred, dilated, target } = source,
      { predSizes, pairs } = findOverlaps(pred.numbers, dilated.numbers, { pred: pred.count, target: dilated.count }),
      met = Array.from({ length: dilated.count + 1 }, (): number[] => []);
    for (const pair of pairs) met[pair.target].push(pair.pred);
    this.#source = source;
    this.#predSizes = predSizes;
    this.count = dilated.count;
    this.met = met;
    this.alone = pred.count - new Set(met.flat()).size;
    this.sizes = new Int32Array(this.count + 1);
    this.both = new Int32Array(this.count + 1);
    for (let i = 0; i < target.length; i++) {
      if (target[i] === 0) continue;
      this.sizes[dilated.numbers[i]]++;
      if (pred.numbers[i] !== 0) this.both[dilated.numbers[i]]++;
    }
  }

  /** Pixels of all predicted lesions that a lesion meets. */
  predicted(lesion: number): number {
    return this.met[lesion].reduce((sum, number) => sum + this.#predSizes[number], 0);
  }

  /** Distances between the surfaces of a lesion and of all predicted ones that it meets. */
  surfaces(lesion: number, spacing: readonly number[]): Surfaces {
    const key = spacing.join(),
      known = this.#surfaces.get(key) ?? [];
    this.#surfaces.set(key, known);
    known[lesion] ??= this.#findSurfaces(lesion, spacing);
    return known[lesion];
  }

  #findSides(): { readonly pred: LabelSide; readonly target: LabelSide } {
    const { kernels, spatial, pred, target, dilated } = this.#source,
      volume = asVolume(spatial),
      lesions = dilated.numbers.map((number, i) => (target[i] === 0 ? 0 : number)),
      side = (numbers: Int32Array, count: number) => {
        const same = Int32Array.from({ length: count + 1 }, (_, number) => (number === VOID ? -1 : number));
        return new LabelSide(kernels, numbers, volume, count + 1, same, false);
      };
    return { pred: side(pred.numbers, pred.count), target: side(lesions, this.count) };
  }

  #findSurfaces(lesion: number, spacing: readonly number[]): Surfaces {
    this.#sides ??= this.#findSides();
    const { kernels, spatial } = this.#source,
      { pred, target } = this.#sides,
      axes = spatial.length,
      met = this.met[lesion],
      box = met.reduce((all, number) => all.with(pred.box(number)), target.box(lesion));
    if (isDense(box.pixels, this.sizes[lesion] + this.predicted(lesion))) {
      const mask = (side: LabelSide, numbers: ReadonlySet<number>) => {
        const own = crop(side.numbers, side.volume, box);
        return copied(
          kernels,
          mapInto(new Uint8Array(own.length), own, (number) => (numbers.has(number) ? 1 : 0)),
        );
      };
      const masks = { pred: mask(pred, new Set(met)), target: mask(target, new Set([lesion])) };
      return surfacesInWindow(kernels, { ...masks, spatial: box.size.slice(3 - axes) }, spacing);
    }
    // Components do not touch across faces, so that the surface of several is all of theirs.
    const places = met.map((number) => pred.pixels(axes).surface(number, spacing)),
      all = new Float64Array(places.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of places) {
      all.set(part, at);
      at += part.length;
    }
    return surfacesOfPlaces(all, target.pixels(axes).surface(lesion, spacing), axes);
  }
}
