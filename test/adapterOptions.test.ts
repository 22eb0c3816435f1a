import { expect, test } from "vitest";
import { lossCotangent, valueAndGrad } from "../dist/jax.js";
import { toLoss, trainStep } from "../dist/tfjs.js";
import { errorOf, seg } from "./support/library";

// What an adapter would pass over is refused before the model runs: the training would go on without it.
const loss = seg.dice({ layout: "channelsLast" }),
  weights = { pixelWeights: Float32Array.of(1) };

test.each([
  ["trainStep", () => trainStep({} as never, { loss, ...weights } as never)],
  ["valueAndGrad", () => valueAndGrad({} as never, { loss, ...weights } as never)],
  ["lossCotangent", () => lossCotangent({} as never, {} as never, { loss, ...weights } as never)],
])("%s says where weights of pixels stand", async (name, ask) => {
  await expect(ask()).rejects.toThrow(`"pixelWeights"; extra holds it: extra: { pixelWeights } (options: `);
  await expect(ask()).rejects.toThrow(name);
});

test("other names are refused, with what is meant", async () => {
  await expect(trainStep({} as never, { ys: 1 } as never)).rejects.toThrow(/"ys"; did you mean target\?/);
  await expect(trainStep({ model: 1 } as never, undefined as never)).rejects.toThrow(
    "trainStep(tf, options): options must be an object, got undefined",
  );
  await expect(valueAndGrad({} as never, { parms: 1 } as never)).rejects.toThrow(/"parms"; did you mean params\?/);
  expect(errorOf(() => toLoss({} as never, loss, { onehot: true } as never)).message).toMatch(
    /toLoss: unknown option "onehot"; did you mean oneHot\?/,
  );
});
