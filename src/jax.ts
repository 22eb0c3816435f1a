// Losses in the training loops of @jax-js/jax, which has no custom gradients: through the vector-Jacobian product of
// the model.
import { SegLossError } from "./errors.js";
import type { Extra, Target } from "./instance/inputs.js";
import type { AnyLoss } from "./instance/loss.js";
import { brief, checkNames } from "./options/names.js";
import type { PoolTarget } from "./pool/loss.js";
import { pixelWeights } from "./tensors/extras.js";
import { type Numbers, typeOf } from "./tensors/shape.js";

/** What is needed of a jax array. */
export interface JaxArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly device: string;
  data(): Promise<Numbers>;
}

/** jax's own namespace: `import * as jax from "@jax-js/jax"`. */
export interface Jax {
  readonly vjp: (f: never, primals: never) => unknown;
  readonly numpy: { readonly array: (values: never, options?: never) => unknown };
}

export interface LossInputs {
  /**
   * A loss of an instance or of a pool of workers, with its layout: the model's output is [B, C, ...spatial], or [B,
   * ...spatial, C] with layout "channelsLast".
   */
  readonly loss: AnyLoss;
  /** Labels or a soft target as the loss takes them, or what `loss.prepare` made; no jax array. */
  readonly target: Target | PoolTarget;
  /** Extra inputs of the loss; `out` takes the gradient on its way to jax. */
  readonly extra?: Extra;
}

export interface LossCotangent<A extends JaxArray> {
  readonly value: number;
  /** dLoss/doutput as a jax array of the output's shape, dtype and device; yours to consume. */
  readonly cotangent: A;
  /** Gradients of extra inputs, by name. */
  readonly grads: Readonly<Record<string, Float32Array>>;
  /** The model's output as it came from jax, for metrics. */
  readonly pred: { readonly data: Numbers; readonly shape: readonly number[] };
}

export interface ModelInputs<P, A extends JaxArray> extends LossInputs {
  /** Gives the model's output; jax traces it, so it consumes `params` once and takes `.ref` of arrays from outside. */
  readonly model: (params: P) => A;
  /**
   * An array, or nested objects and lists of arrays. Consumed as by jax's own functions: pass `jax.tree.ref(params)` to
   * keep it.
   */
  readonly params: P;
}

export interface ValueAndGradOfModel<P> extends Pick<LossCotangent<JaxArray>, "value" | "grads" | "pred"> {
  /** dLoss/dparams, in the structure of `params`; yours to consume. */
  readonly grad: P;
}

interface Pull {
  (cotangent: JaxArray): [unknown];
  dispose(): void;
}

/** The part of jax that is called; its own types follow the structure of each argument, which says nothing here. */
interface Called<A> {
  vjp(model: (params: never) => A, primals: [unknown]): [A, Pull];
  readonly numpy: {
    array(
      values: Float32Array,
      options: { shape: readonly number[]; device: string },
    ): A & { astype(dtype: string): A };
  };
}

const inputNames = ["loss", "target", "extra"],
  reasons = [
    { ...pixelWeights, why: "; extra holds it: extra: { pixelWeights }" },
    { name: "out", why: "; extra holds it: extra: { out }" },
  ];

const refuse = (message: string) => new SegLossError("INVALID_OPTION", message);

/**
 * Value of a loss of a jax array, and the gradient to go back through jax: for several inputs or outputs, where `vjp`
 * is called by hand. Consumes `output`. Throws what the loss throws.
 */
export async function lossCotangent<A extends JaxArray>(
  jax: Jax,
  output: A,
  given: LossInputs,
): Promise<LossCotangent<A>> {
  checkNames("lossCotangent", given, inputNames, reasons);
  const { loss, target, extra } = given;
  if (typeof loss?.valueAndGrad !== "function")
    throw refuse(`lossCotangent: loss must be a loss such as seg.dice(), got ${brief(loss)}`);
  const { shape, dtype, device } = output ?? {};
  if (!shape || typeof output.data !== "function")
    throw new SegLossError("SHAPE_MISMATCH", `${loss.name}: the model must give one jax array, got ${typeOf(output)}`);
  const pred = { data: await output.data(), shape: [...shape] },
    { value, grad, grads } = await loss.valueAndGrad(pred, target as never, extra as never),
    // jax-js is the caller's: its types stand in no dependency of ours.
    array = (jax as unknown as Called<A>).numpy.array(grad, { shape: pred.shape, device });
  return { value, cotangent: dtype === "float32" ? array : array.astype(dtype), grads, pred };
}

/**
 * Value of a loss of `model(params)` and its gradient with respect to params. The model runs forward once and backward
 * once; its output comes to the CPU in between. Throws what the loss throws; params are consumed then, too.
 */
export async function valueAndGrad<P, A extends JaxArray>(
  jax: Jax,
  given: ModelInputs<P, A>,
): Promise<ValueAndGradOfModel<P>> {
  checkNames("valueAndGrad", given, ["model", "params", ...inputNames], reasons);
  const { model, params, ...inputs } = given;
  if (typeof model !== "function") throw refuse(`valueAndGrad: model must be a function, got ${brief(model)}`);
  if (typeof jax?.vjp !== "function") throw refuse(`valueAndGrad: jax must be the namespace of jax, got ${brief(jax)}`);
  // As above: what is called of it, in our words.
  const [output, pull] = (jax as unknown as Called<A>).vjp(model, [params]);
  try {
    const { cotangent, ...rest } = await lossCotangent(jax, output, inputs),
      [grad] = pull(cotangent);
    return { ...rest, grad: grad as P };
  } finally {
    pull.dispose();
  }
}
