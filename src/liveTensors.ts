import type { LinearMemory } from "./bindings/memory.js";
import { readTensor, type TensorLike } from "./foreignTensors.js";
import type { Extra, LiveExtra } from "./inputs.js";
import type { NumberTensor } from "./shape.js";

/** A caller's tensor, whose data survive growth of the module's memory during the call. */
export function liveTensor(memory: LinearMemory, given: TensorLike, what: string): NumberTensor {
  const tensor = readTensor(given, what);
  if (!ArrayBuffer.isView(tensor.data)) return tensor;
  const data = memory.pin(tensor.data);
  return {
    shape: tensor.shape,
    came: tensor.came,
    get data() {
      return data();
    },
  };
}

export const isTensor = (given: unknown): given is TensorLike => typeof given === "object" && given !== null && "data" in given;

/** The extra inputs, read anew each time. What is no tensor is left to the loss to refuse. */
export function liveExtra(memory: LinearMemory, extra: Extra, loss: string): LiveExtra {
  const live = {};
  for (const [name, given] of Object.entries(extra)) {
    const tensor = isTensor(given) ? liveTensor(memory, given, `${loss}: ${name}`) : given;
    Object.defineProperty(live, name, { enumerable: true, get: tensor instanceof Float32Array ? memory.pin(tensor) : () => tensor });
  }
  return live;
}
