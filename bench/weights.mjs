// What pixelWeights cost beside the same call without: tensors in the module's memory, the gradient written to one.
import { inputs, random } from "./inputs.mjs";

export const weighedShapes = [
  [8, 21, 256, 256],
  [4, 4, 512, 512],
  [1, 2, 1024, 1024],
  [1, 1, 1024, 1024],
];

/** Of one channel, logits are what the second of two classes has more. */
function binary([B, , ...spatial]) {
  const { pred, target } = inputs([B, 2, ...spatial]),
    pixels = target.data.length,
    data = Float32Array.from({ length: pixels }, (_, i) => pred.data[pixels + i] - pred.data[i]);
  return { pred: { data, shape: [B, 1, ...spatial] }, target };
}

/** Losses by name, each with its three calls: without weights, with weights from 1/2 to 2, with a mask of 0 and 1. */
export function weightJobs(seg, shape, names) {
  const { pred, target } = shape[1] === 1 ? binary(shape) : inputs(shape),
    activation = shape[1] === 1 ? "sigmoid" : "softmax",
    next = random(2),
    row = shape.at(-1),
    put = (source, dtype) => {
      const tensor = seg.tensor(source.shape, dtype);
      tensor.data.set(source.data);
      return tensor;
    };
  const tensors = {
      pred: put(pred),
      target: put(target, "uint8"),
      out: seg.tensor(pred.shape),
      weights: put({ shape: target.shape, data: Float32Array.from(target.data, () => 0.5 + 1.5 * next()) }),
      // Void bars, of an eighth of the pixels.
      mask: put({ shape: target.shape, data: Float32Array.from(target.data, (_, i) => Number(i % row >= row / 8)) }),
    },
    { out } = tensors;
  const jobs = names.map((name) => {
    const loss = seg.create(name, { activation }),
      call = (extra) => () => loss.valueAndGrad(tensors.pred, tensors.target, { ...extra, out: out.data });
    return {
      loss: name,
      calls: [
        { name: "none", run: call({}) },
        { name: "weights", run: call({ pixelWeights: tensors.weights }) },
        { name: "mask", run: call({ pixelWeights: tensors.mask }) },
      ],
    };
  });
  const dispose = () => {
    for (const tensor of Object.values(tensors)) tensor.dispose();
  };
  return { jobs, dispose };
}
