// Compiles with the types of the real packages: see types.test.mjs.
import * as jax from "@jax-js/jax";
import ndarray from "ndarray";
import * as ort from "onnxruntime-web";
import { load, type TensorLike } from "segloss";
import { lossCotangent, valueAndGrad } from "segloss/jax";
import { decodeRle } from "segloss/masks";

const seg = await load();
const logits = new ort.Tensor("float32", new Float32Array(8), [1, 2, 2, 2]),
  labels: ort.Tensor = new ort.Tensor("int64", new BigInt64Array(4), [1, 2, 2]);
seg.dice().valueAndGrad(logits, labels);
const outputs: Record<string, ort.Tensor> = { logits };
seg.metrics.dice(outputs.logits, decodeRle({ size: [2, 2], counts: [4] }));
const view: TensorLike = ndarray(new Float64Array(8), [2, 2, 2, 1]).transpose(3, 0, 1, 2);
seg.softmax(view);

type Params = { readonly weights: jax.numpy.Array; readonly bias: jax.numpy.Array[] };
const model = ({ weights, bias }: Params) => weights.add(bias[0]);
const params: Params = { weights: jax.numpy.zeros([1, 2, 4]), bias: [jax.numpy.zeros([1, 2, 1])] };
const { value, grad, pred } = await valueAndGrad(jax, {
  model,
  params,
  loss: seg.dice(),
  target: { data: new Uint8Array(4), shape: [1, 4] },
});
const moved: jax.numpy.Array = params.weights.sub(grad.weights.mul(0.1)),
  more: number = value + pred.data.length + grad.bias.length;
const { cotangent } = await lossCotangent(jax, moved, {
  loss: seg.dice(),
  target: seg.dice().prepare({ data: new Uint8Array(4), shape: [1, 4] }),
});
const back: jax.numpy.Array = cotangent;
// @ts-expect-error the model needs its parameters
await valueAndGrad(jax, { model, params: { weights: back }, loss: seg.dice(), target: labels });
// @ts-expect-error no target
await valueAndGrad(jax, { model, params, loss: seg.dice() });
console.log(more, back);
