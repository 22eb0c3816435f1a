import type { NumberTensor } from "./shape.js";

/** A tensor whose data are made when they are asked for. */
export const lazyTensor = (data: () => NumberTensor["data"], shape: readonly number[]): NumberTensor => ({
  get data() {
    return data();
  },
  shape,
});
