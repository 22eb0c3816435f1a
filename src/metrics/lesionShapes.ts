import type { Kernels } from "../bindings/kernels.js";
import { mapInto } from "../tensors/mapInto.js";
import type { Components } from "../topology/components.js";
import type { Connectivity } from "../topology/grid.js";
import { componentsOfList } from "../topology/pixelLists.js";
import { asVolume, Box } from "./box.js";
import { surfaceOf } from "./classPixels.js";
import { type LesionShapes, Lesions } from "./lesionPairs.js";
import { VOID } from "./numbering.js";
import { crop, LabelSide } from "./sides.js";

/** Of a map of numbers. */
function shapesInWindow(kernels: Kernels, { numbers, count }: Components, spatial: readonly number[]): LesionShapes {
  const same = Int32Array.from({ length: count + 1 }, (_, number) => (number === VOID ? -1 : number)),
    side = new LabelSide(kernels, numbers, asVolume(spatial), count + 1, same, false);
  return {
    box: (number) => side.box(number),
    mask(wanted, box) {
      const own = crop(numbers, side.volume, box),
        isWanted = new Set(wanted);
      return mapInto(new Uint8Array(own.length), own, (number) => (isWanted.has(number) ? 1 : 0));
    },
    surface: (number, spacing) => side.pixels(spatial.length).surface(number, spacing),
  };
}

/** Of pixels of a class that are listed, those of number 0 being of no lesion. */
class ListedShapes implements LesionShapes {
  readonly #lists: readonly (readonly number[])[];

  constructor(
    readonly side: LabelSide,
    readonly c: number,
    readonly axes: number,
    pixels: Int32Array,
    { numbers, count }: Components,
  ) {
    const lists = Array.from({ length: count + 1 }, (): number[] => []);
    for (let k = 0; k < pixels.length; k++) if (numbers[k] !== 0) lists[numbers[k]].push(pixels[k]);
    this.#lists = lists;
  }

  box(number: number): Box {
    const box = new Box(),
      [, height, width] = this.side.volume;
    for (const i of this.#lists[number]) {
      const x = i % width,
        row = (i - x) / width,
        y = row % height;
      box.add((row - y) / height, y, x, x);
    }
    return box;
  }

  mask(numbers: readonly number[], box: Box): Uint8Array {
    const mask = new Uint8Array(box.pixels),
      place = box.places(this.side.volume);
    for (const number of numbers) for (const i of this.#lists[number]) mask[place(i)] = 1;
    return mask;
  }

  /** Pixels of the class that share a face are of one lesion: its surface is part of the class's. */
  surface(number: number, spacing: readonly number[]): Float64Array {
    const { side, c, axes } = this;
    return surfaceOf(this.#lists[number], side, side.ofClass[c], axes, spacing);
  }
}

/** From masks in a window, beyond which all is outside. */
export function lesionsInWindow(
  kernels: Kernels,
  spatial: readonly number[],
  { pred, target, dilated }: { readonly pred: Components; readonly target: Uint8Array; readonly dilated: Components },
): Lesions {
  const shapes = () => {
    const numbers = dilated.numbers.map((number, i) => (target[i] === 0 ? 0 : number)),
      of = (components: Components) => shapesInWindow(kernels, components, spatial);
    return { pred: of(pred), target: of({ ...dilated, numbers }) };
  };
  return new Lesions({ kernels, axes: spatial.length, pred, target, dilated, shapes });
}

/** Of a class whose pixels are few and far apart, from these alone; `marks` as for componentsOfList. */
export function lesionsOfPixels(
  { pred, target, c }: { readonly pred: LabelSide; readonly target: LabelSide; readonly c: number },
  axes: number,
  { connectivity, dilation }: { readonly connectivity: Connectivity; readonly dilation: number },
  marks: Int32Array,
): Lesions {
  const { kernels, volume } = target,
    find = (side: LabelSide, dilation: number) =>
      componentsOfList(side.pixels(axes).of(c), volume, { connectivity, dilation }, marks),
    [own, grown] = [find(pred, 0), find(target, dilation)];
  // Meanwhile marks say of which lesion of the prediction a pixel is.
  for (const [k, i] of own.pixels.entries()) marks[i] = own.numbers[k];
  const known = grown.pixels.map((i) => marks[i]);
  for (const i of grown.pixels) marks[i] = 0;
  const rest = own.pixels.filter((i) => marks[i] !== 0),
    pixels = joined(grown.pixels, rest),
    predicted = {
      count: own.count,
      numbers: joined(
        known,
        rest.map((i) => marks[i]),
      ),
    },
    dilated = { count: grown.count, numbers: joined(grown.numbers, new Int32Array(rest.length)) },
    inTarget = Uint8Array.from(pixels, (i) => (target.has(i, c) ? 1 : 0));
  for (const i of rest) marks[i] = 0;
  const shapes = () => ({
    pred: new ListedShapes(pred, c, axes, pixels, predicted),
    target: new ListedShapes(target, c, axes, pixels, {
      ...dilated,
      numbers: dilated.numbers.map((number, k) => (inTarget[k] === 0 ? 0 : number)),
    }),
  });
  return new Lesions({ kernels, axes, pred: predicted, target: inTarget, dilated, shapes });
}

function joined(first: Int32Array, second: Int32Array): Int32Array {
  const all = new Int32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
