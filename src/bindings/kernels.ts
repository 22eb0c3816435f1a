import { type Calls, callsOf, type Exports, type LossKernel, type TileStep } from "../../dist/kernels.js";
import { LinearMemory } from "./memory.js";
import { NearArrays } from "./nearArrays.js";
import { blockPixels } from "./tile.js";
import { TileLabels } from "./tileLabels.js";
import { TileMemory } from "./tileMemory.js";

export type { LossKernel };

/** A step over the pixels [from, to) of a tile. */
export type StepCall = (from: number, to: number) => number;
/** What a loss's kernel can be asked to do (assembly/tile/steps.ts). */
export type StepName = keyof Exports extends infer Name ? (Name extends `Step.${infer Step}` ? Step : never) : never;

/** What a debug build exports besides (assembly/protocol.ts). */
interface DebugExports {
  readonly forget?: (from: number, to: number) => void;
}

/** The compiled module: its functions, its memory, and the tile that it works on. Nothing above sees an address. */
export class Kernels {
  readonly exports: Exports;
  readonly calls: Calls;
  readonly memory: LinearMemory;
  readonly near: NearArrays;
  readonly tile: TileMemory;
  readonly labels: TileLabels;
  readonly #steps = new Map<string, Map<string | undefined, StepCall>>();

  constructor(exports: Exports & DebugExports) {
    this.exports = exports;
    this.calls = callsOf(exports);
    const forget = "forget" in exports ? exports.forget : undefined;
    this.memory = new LinearMemory(exports.memory, exports.heap.value >>> 0, forget);
    this.near = new NearArrays(this.memory);
    this.tile = new TileMemory(exports, this.memory);
    this.labels = new TileLabels(exports, this.memory, this.tile);
  }

  /** A step to run; kernels of losses can do several things. */
  step(name: TileStep): StepCall;
  step(name: LossKernel, what: StepName): StepCall;
  step(name: TileStep | LossKernel, what?: StepName): StepCall {
    const steps = this.#steps.get(name) ?? new Map<string | undefined, StepCall>(),
      known = steps.get(what);
    if (known) return known;
    const call = what === undefined ? this.exports[name as TileStep] : this.#asked(name as LossKernel, what);
    this.#steps.set(name, steps.set(what, call));
    return call;
  }

  #asked(name: LossKernel, what: StepName): StepCall {
    const kernel = this.exports[name],
      step: number = this.exports[`Step.${what}`].value;
    return (from, to) => kernel(step, from, to);
  }

  /** Runs one step, or several in turn, over a tile block by block; the sum of what the last step returns. */
  run(padded: number, ...steps: readonly StepCall[]): number {
    const size = blockPixels(this.tile.classes);
    let sum = 0;
    for (let from = 0; from < padded; from += size) {
      const to = Math.min(from + size, padded);
      let last = 0;
      for (const step of steps) last = step(from, to);
      sum += last;
    }
    return sum;
  }

  /** The score of what stands in the tile's row and options. */
  score(kernel: LossKernel): number {
    return this.exports[kernel](this.exports["Step.Score"].value, 0, 0);
  }
}
