import { expect, test } from "vitest";
import { load } from "../dist/index.js";
import { lossCotangent, valueAndGrad } from "../dist/jax.js";
import { labelsFromImage } from "../dist/masks.js";
import { createPool } from "../dist/workers.js";
import { create, errorOf, seg, setting } from "./support/library";
import { makeCase } from "./support/random";

// Slips of strangers that were passed over, or refused without a cure.
const { pred, target } = makeCase(setting("softmax, labels"), 55),
  logits = Float32Array.of(1, 2),
  refusal = (work: () => unknown) => errorOf(work).message;

test.each([
  ["file.wasm", 'load: options must be an object such as { wasm }, got "file.wasm"'],
  [3, "load: options must be an object such as { wasm }, got 3"],
  [null, "load: options must be an object such as { wasm }, got null"],
  [new Uint8Array(4), "load: options must be an object such as { wasm }, got Uint8Array of 4 bytes"],
  [new URL("file:///a.wasm"), "load: options must be an object such as { wasm }, got "],
  [{ url: "a.wasm" }, 'load: unknown option "url"; did you mean wasm? (options: wasm)'],
  [{ threads: 2 }, 'load: unknown option "threads"; createPool of segloss/workers computes on several'],
  [{ simd: true }, 'load: unknown option "simd" (options: wasm)'],
])("load %s", async (given, told) => {
  await expect(load(given as never)).rejects.toThrow(told);
});

test("load takes objects of any making that hold wasm", async () => {
  class Settings {
    wasm = undefined;
  }
  for (const given of [new Settings(), Object.create(null), {}]) expect((await load(given)).dice().name).toBe("dice");
});

test("pools", async () => {
  await expect(createPool({ threads: 2 } as never)).rejects.toThrow('"threads"; did you mean workers?');
  await expect(createPool(4 as never)).rejects.toThrow("createPool: options must be an object, got 4");
  const pool = await createPool({ workers: 1 }),
    ask = (extra: object) => pool.dice().value(pred, target, extra);
  await expect(ask({ signal: 1 })).rejects.toThrow(/dice: signal must be an AbortSignal, .*, got 1$/);
  await expect(ask({ transfer: "yes" })).rejects.toThrow('dice: transfer must be true or false, got "yes"');
  await expect(ask({ timeout: 5 })).rejects.toThrow("{ signal }) with AbortSignal.timeout(ms)?");
  await expect(ask({ smooth: 1 })).rejects.toThrow("did you mean the option: seg.dice({ smooth })?");
  await expect(pool.softmax(pred, {}, { transfer: 1 } as never)).rejects.toThrow("transfer must be true or false");
  await pool.dispose();
});

test.each([
  [
    () => seg.tensor(logits as never, [1] as never),
    /got Float32Array of 8 bytes; numbers are set in the tensor's data$/,
  ],
  [() => seg.tensor([2], "f32" as never), /got "f32"; did you mean "float32"\?$/],
  [() => seg.tensor([2], Uint8Array as never), /got "Uint8Array"; did you mean "uint8"\?$/],
  [() => seg.weightedSum([seg.dice()] as never), /terms\[0\] must be \{ weight, loss \}, got a loss without a weight$/],
  [() => seg.weightedSum([[1, seg.dice()]] as never), /terms\[0\] must be \{ weight, loss \}, got \[1,/],
  [() => seg.weightedSum([{ weight: 1, loss: "dice" }] as never), /such as seg\.dice\(\), got "dice"$/],
  [() => seg.weightedSum([{ weight: 1, loss: seg.dice }] as never), /got a function, .*: call it$/],
  [
    () => seg.dice(pred as never),
    /"data"; tensors are what its calls take: seg\.dice\(\)\.valueAndGrad\(pred, target\) \(/,
  ],
  [() => seg.connectedComponents(target, { connectivity: 8 as never }), /got 8; did you mean "full"\?$/],
  [() => seg.softmax(pred, { axis: 1 } as never), /"axis"; layout says where the classes stand \(/],
  [
    () => seg.metrics.dice(target, target, { averaging: "macro" as never }),
    /got "macro"; "entries" is the mean over all/,
  ],
  [() => seg.metrics.dice(target, target, { smooth: 1 } as never), /"smooth"; scores are exact, and emptyScore is/],
  [
    () => seg.metrics.dice(target, target, { average: "macro" } as never),
    /"average"; averaging says how value averages/,
  ],
  [
    () => seg.metrics.evaluate(target, target, [seg.metrics.dice as never]),
    /told by its name, "dice", got the function$/,
  ],
  [() => seg.metrics.preset("monai.DiceLoss" as never, pred, target), /the loss: seg\.preset\("monai\.DiceLoss"\)/],
  [
    () => labelsFromImage({ data: new Uint8Array(4), width: 1, height: 1 }, { palette: "pascal" as never }),
    /mean voc\?/,
  ],
])("%s", (work, told) => {
  expect(refusal(work)).toMatch(told);
});

test("jax", async () => {
  const output = { shape: [1], data: async () => new Float32Array(1), dtype: "float32", device: "cpu" },
    loss = create("dice");
  await expect(lossCotangent({} as never, output as never, { target } as never)).rejects.toThrow(
    "lossCotangent: loss must be a loss such as seg.dice(), got undefined",
  );
  await expect(valueAndGrad({} as never, { loss, target, params: 1, model: () => 1 } as never)).rejects.toThrow(
    "valueAndGrad: jax must be the namespace of jax, got {}",
  );
  await expect(valueAndGrad({} as never, { loss, target, params: 1 } as never)).rejects.toThrow(
    "valueAndGrad: model must be a function, got undefined",
  );
});
