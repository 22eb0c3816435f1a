import { SegLossError } from "../errors.js";

/** A layer; a model has layers of its own. */
export interface Layer {
  readonly name?: string;
  readonly layers?: readonly Layer[];
  getClassName?(): string;
  getConfig?(): unknown;
}

type Seeded = Layer & { seed?: number | null };

function* layersOf(model: Layer): Generator<Layer> {
  for (const layer of model.layers ?? []) {
    yield layer;
    yield* layersOf(layer);
  }
}

/** Sees to it that dropout draws the same numbers whenever the work it is given runs. */
export function sameDraws(model: Layer): <R>(work: () => R) => R {
  const seeded: { readonly layer: Seeded; readonly before: Seeded["seed"]; readonly seed: number }[] = [];
  for (const layer of layersOf(model) as Iterable<Seeded>) {
    const kind = layer.getClassName?.() ?? "";
    if (/^(Gaussian|AlphaDropout|Random)/.test(kind))
      throw new SegLossError(
        "UNSUPPORTED",
        `trainStep: layer ${layer.name} (${kind}) draws anew in each of the two passes; use toLoss and ` +
          "optimizer.minimize",
      );
    // TensorFlow.js takes 0 for no seed.
    if (/Dropout/.test(kind) && !layer.seed) seeded.push({ layer, before: layer.seed, seed: Math.random() });
  }
  return (work) => {
    for (const { layer, seed } of seeded) layer.seed = seed;
    try {
      return work();
    } finally {
      for (const { layer, before } of seeded) layer.seed = before;
    }
  };
}
