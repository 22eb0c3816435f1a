// segloss/jax with the real @jax-js/jax.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import * as jax from "@jax-js/jax";
import { load } from "segloss";
import * as adapter from "segloss/jax";
import { array, descend, discs, makeParams, modelOf, softmaxOf } from "./model.mjs";

const { lossCotangent, valueAndGrad } = adapter;
const { lax, numpy: np, tree } = jax;
const seg = await load();
// jax-js 0.1.25 asks of arrays in float64 whether they are a Float16Array, which Node knows from version 24 on.
globalThis.Float16Array ??= class Float16Array {};
const flat = async (params) => Promise.all(tree.leaves(params).map((leaf) => leaf.ref.data()));

test("gradients are those of finite differences", async (t) => {
  const { images, target } = discs(2, 8),
    model = modelOf(images),
    losses = [
      seg.crossEntropy(),
      seg.dice(),
      seg.focal({ gamma: 2 }),
      seg.lovaszSoftmax(),
      seg.boundary(),
      seg.weightedSum([
        { weight: 1, loss: seg.dice() },
        { weight: 0.5, loss: seg.topK({ k: 0.4 }) },
      ]),
    ];
  for (const loss of losses) {
    await t.test(loss.name, async () => {
      const params = makeParams(3, 2),
        { value, grad } = await valueAndGrad(jax, { model, params: tree.ref(params), loss, target }),
        [leaves, structure] = tree.flatten(params),
        expected = await flat(grad),
        at = async (which, i, step) => {
          const moved = await Promise.all(
            leaves.map(async (leaf, n) => {
              const data = await leaf.ref.data();
              if (n === which) data[i] += step;
              return array(data, leaf.shape);
            }),
          );
          const output = model(tree.unflatten(structure, moved)),
            { shape } = output;
          return loss.value({ data: await output.data(), shape }, target);
        };
      assert.equal(value, await at(0, 0, 0));
      const largest = Math.max(...expected.flatMap((numbers) => Array.from(numbers, Math.abs)));
      assert.ok(largest > 1e-3);
      for (const [which, numbers] of expected.entries()) {
        for (let i = 0; i < numbers.length; i++) {
          const h = 2e-3,
            slope = ((await at(which, i, h)) - (await at(which, i, -h))) / (2 * h);
          assert.ok(
            Math.abs(slope - numbers[i]) < 0.01 * largest,
            `leaf ${which}, number ${i}: ${numbers[i]}, by differences ${slope}`,
          );
        }
      }
    });
  }
});

test("the gradient is jax's own where jax can compute the loss", async () => {
  const { images, target } = discs(2, 8),
    model = modelOf(images),
    params = makeParams(4, 2),
    oneHot = Float32Array.from({ length: 256 }, (_, i) =>
      target.data[Math.floor(i / 128) * 64 + (i % 64)] === Math.floor(i / 64) % 2 ? 1 : 0,
    ),
    own = (p) =>
      np
        .log(softmaxOf(model(p)))
        .mul(array(oneHot, [2, 2, 8, 8]))
        .sum()
        .mul(-1 / 128);
  const [value, expected] = jax.valueAndGrad(own)(tree.ref(params)),
    result = await valueAndGrad(jax, { model, params, loss: seg.crossEntropy(), target });
  assert.ok(Math.abs(result.value - (await value.data())[0]) < 1e-5);
  const [mine, theirs] = [await flat(result.grad), await flat(expected)];
  for (const [n, numbers] of mine.entries())
    for (let i = 0; i < numbers.length; i++) assert.ok(Math.abs(numbers[i] - theirs[n][i]) < 1e-5);
});

for (const [name, loss, rate] of [
  ["crossEntropy", seg.crossEntropy(), 2],
  ["dice", seg.dice(), 2],
  ["tversky", seg.tversky({ beta: 0.7, alpha: 0.3 }), 2],
]) {
  test(`a network learns by ${name}`, async () => {
    const { images, target } = discs(4, 24),
      model = modelOf(images),
      prepared = loss.prepare(target);
    let params = makeParams(6, 2),
      last;
    const values = [];
    for (let step = 0; step < 80; step++) {
      last = await valueAndGrad(jax, { model, params: tree.ref(params), loss, target: prepared });
      values.push(last.value);
      params = descend(params, last.grad, rate);
    }
    const { value } = seg.metrics.dice(last.pred, target);
    console.log(
      `${name}: ${values[0].toFixed(3)} to ${values.at(-1).toFixed(3)}, Dice coefficient ${value.toFixed(3)}`,
    );
    assert.ok(values.at(-1) < 0.5 * values[0]);
    assert.ok(value > 0.9);
  });
}

test("nothing is kept: parameters and images are as often referred to as before", async () => {
  const { images, target } = discs(1, 8),
    model = modelOf(images),
    params = makeParams(3, 2),
    counts = () => [images, ...tree.leaves(params)].map(({ refCount }) => refCount),
    before = counts();
  for (let n = 0; n < 20; n++) {
    const { grad } = await valueAndGrad(jax, { model, params: tree.ref(params), loss: seg.dice(), target });
    assert.deepEqual(
      tree.leaves(grad).map(({ refCount }) => refCount),
      [1, 1, 1],
    );
    tree.dispose(grad);
    const wrong = { data: new Uint8Array(64).fill(7), shape: [1, 8, 8] };
    await assert.rejects(
      valueAndGrad(jax, { model, params: tree.ref(params), loss: seg.dice(), target: wrong }),
      /dice: target has label 7 at index 0/,
    );
  }
  assert.deepEqual(counts(), before);
});

test("an array that takes the gradient may be used again", async () => {
  const { images, target } = discs(1, 8),
    model = modelOf(images),
    params = makeParams(3, 2),
    out = new Float32Array(2 * 64),
    call = (extra) => valueAndGrad(jax, { model, params: tree.ref(params), loss: seg.dice(), target, extra });
  const first = await call({ out });
  out.fill(Number.NaN);
  assert.deepEqual(await flat(first.grad), await flat((await call()).grad));
});

test("layout channelsLast, and vjp by hand", async () => {
  const { images, target } = discs(2, 8),
    model = modelOf(images),
    params = makeParams(3, 2),
    expected = await valueAndGrad(jax, { model, params: tree.ref(params), loss: seg.dice(), target }),
    numbers = await flat(expected.grad);

  const last = await valueAndGrad(jax, {
    model: (p) => np.transpose(model(p), [0, 2, 3, 1]),
    params: tree.ref(params),
    loss: seg.dice({ layout: "channelsLast" }),
    target,
  });
  assert.deepEqual(last.pred.shape, [2, 8, 8, 2]);
  assert.ok(Math.abs(last.value - expected.value) < 1e-6);
  for (const [n, leaf] of (await flat(last.grad)).entries())
    for (const [i, x] of leaf.entries()) assert.ok(Math.abs(x - numbers[n][i]) < 1e-6);

  const [output, pull] = jax.vjp(
    (p, pictures) => lax.conv(pictures, p, [1, 1], "SAME"),
    [params.first.ref, images.ref],
  );
  const { value, cotangent } = await lossCotangent(jax, output, {
      loss: seg.dice(),
      target: { data: target.data, shape: [2, 8, 8] },
    }),
    [forParams, forImages] = pull(cotangent);
  pull.dispose();
  assert.ok(value > 0);
  assert.deepEqual([forParams.shape, forImages.shape], [params.first.shape, images.shape]);
});

test("models in float64", async () => {
  const weights = Float64Array.of(0.3, -0.2),
    pixels = Float64Array.of(0.5, -1, 0.25, 2),
    target = { data: Uint8Array.of(1, 0, 1, 0), shape: [1, 4] },
    loss = seg.dice({ spatialDims: 1 }),
    model = (w) => np.array(pixels, { shape: [1, 1, 4] }).mul(w);
  const result = await valueAndGrad(jax, {
    model,
    params: np.array(weights, { shape: [1, 2, 1] }),
    loss,
    target,
  });
  assert.equal(result.grad.dtype, "float64");
  const logits = Float32Array.from({ length: 8 }, (_, i) => weights[i >> 2] * pixels[i & 3]),
    plain = loss.valueAndGrad({ data: logits, shape: [1, 2, 4] }, target);
  assert.equal(result.value, plain.value);
  const slopes = await result.grad.data();
  for (const c of [0, 1])
    assert.ok(Math.abs(slopes[c] - pixels.reduce((sum, x, i) => sum + x * plain.grad[4 * c + i], 0)) < 1e-12);
});

test("gradients of extra inputs come along", async () => {
  const { images, target } = discs(1, 8),
    loss = seg.robustT({ activation: "sigmoid" }),
    { grads } = await valueAndGrad(jax, {
      model: modelOf(images),
      params: makeParams(3, 2),
      loss,
      target,
      extra: { logNu: Float32Array.of(1) },
    });
  assert.ok(Number.isFinite(grads.logNu[0]) && grads.logNu[0] !== 0);
});

test("a model that gives no array is refused", async () => {
  const { target } = discs(1, 8);
  await assert.rejects(
    valueAndGrad(jax, {
      model: ({ first, ...rest }) => [first, ...Object.values(rest)],
      params: makeParams(2, 2),
      loss: seg.dice(),
      target,
    }),
    /dice: the model must give one jax array, got Array/,
  );
});

test("the example of docs/jax.md runs", async () => {
  const page = readFileSync(new URL("../../docs/jax.md", import.meta.url), "utf8"),
    [, code] = page.match(/```js\n(import \* as jax [\s\S]*?)```/);
  const run = new Function(
    "jax",
    "load",
    "valueAndGrad",
    `return (async () => { ${code.replace(/^import .*$/gm, "")}; return { first, value, params }; })()`,
  );
  const { first, value, params } = await run(jax, load, valueAndGrad);
  assert.ok(value < 0.5 * first, `${first} to ${value}`);
  assert.equal(params.refCount, 1);
});
