import type { LinearMemory } from "../bindings/memory.js";
import { readTensor, type TensorLike } from "../tensors/foreignTensors.js";
import type { NumberTensor } from "../tensors/shape.js";
import type { Extra, LiveExtra } from "./inputs.js";

/** A caller's tensor, whose data survive growth of the module's memory during the call. */
class LiveTensor implements NumberTensor {
  readonly shape: readonly number[];
  readonly came?: string;
  readonly #data: () => NumberTensor["data"];

  constructor({ shape, came }: NumberTensor, data: () => NumberTensor["data"]) {
    this.shape = shape;
    this.came = came;
    this.#data = data;
  }

  get data(): NumberTensor["data"] {
    return this.#data();
  }
}

export function liveTensor(memory: LinearMemory, given: TensorLike, what: string): NumberTensor {
  const tensor = readTensor(given, what);
  return ArrayBuffer.isView(tensor.data) ? new LiveTensor(tensor, memory.pin(tensor.data)) : tensor;
}

export const isTensorLike = (given: unknown): given is TensorLike =>
  typeof given === "object" && given !== null && "data" in given;

/** The extra inputs by name, read anew each time. What is no tensor is left to the loss to refuse. */
export function liveExtra(memory: LinearMemory, extra: Extra, loss: string): LiveExtra {
  let live: Map<string, () => ReturnType<LiveExtra>> | undefined;
  for (const name of Object.keys(extra)) {
    if (name === "out") continue;
    const given = extra[name as keyof Extra] as TensorLike | Float32Array,
      tensor = isTensorLike(given) ? liveTensor(memory, given, `${loss}: ${name}`) : given;
    live ??= new Map();
    live.set(name, tensor instanceof Float32Array ? memory.pin(tensor) : () => tensor);
  }
  return (name) => live?.get(name)?.();
}
