import type { Kernels } from "../bindings/kernels.js";
import { copied } from "../bindings/masks/distance.js";
import type { Components } from "../topology/components.js";
import type { Box } from "./box.js";
import type { Surfaces } from "./distances.js";
import { findOverlaps } from "./objectOverlaps.js";
import { isDense, surfacesInWindow, surfacesOfPlaces } from "./surfaceDistances.js";

/** Where one side's lesions lie, by their numbers from 1 on. */
export interface LesionShapes {
  box(number: number): Box;
  /** 1 at the pixels of these lesions, in a box. */
  mask(numbers: readonly number[], box: Box): Uint8Array;
  /** Where the surface's pixels lie, in units of spacing. */
  surface(number: number, spacing: readonly number[]): Float64Array;
}

/** What lesions are found from: numbers of the same pixels, all that are of a lesion being among them. */
interface LesionSource {
  readonly kernels: Kernels;
  readonly axes: number;
  readonly pred: Components;
  /** Not 0 at the target's pixels. */
  readonly target: ArrayLike<number>;
  /** Components of the target after its dilation: what they hold of it is one lesion. */
  readonly dilated: Components;
  /** Where each side's lesions lie, by their numbers. */
  readonly shapes: () => { readonly pred: LesionShapes; readonly target: LesionShapes };
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
  #shapes?: ReturnType<LesionSource["shapes"]>;

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

  #findSurfaces(lesion: number, spacing: readonly number[]): Surfaces {
    this.#shapes ??= this.#source.shapes();
    const { kernels, axes } = this.#source,
      { pred, target } = this.#shapes,
      met = this.met[lesion],
      box = met.reduce((all: Box, number) => all.with(pred.box(number)), target.box(lesion));
    if (isDense(box.pixels, this.sizes[lesion] + this.predicted(lesion))) {
      const mask = (shapes: LesionShapes, numbers: readonly number[]) => copied(kernels, shapes.mask(numbers, box)),
        masks = { pred: mask(pred, met), target: mask(target, [lesion]) };
      return surfacesInWindow(kernels, { ...masks, spatial: box.size.slice(3 - axes) }, spacing);
    }
    // Components do not touch across faces, so that the surface of several is all of theirs.
    const places = met.map((number) => pred.surface(number, spacing)),
      all = new Float64Array(places.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of places) {
      all.set(part, at);
      at += part.length;
    }
    return surfacesOfPlaces(all, target.surface(lesion, spacing), axes);
  }
}
