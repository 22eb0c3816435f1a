// What a page of the playground shows, beside what the package gives in Node for the same pixels.
import assert from "node:assert/strict";
import { catalog, load } from "../../dist/index.js";

const seg = await load();
export const bytes = (text) => Buffer.from(text, "base64");
export const floats = (text) => new Float32Array(Uint8Array.from(bytes(text)).buffer);

/** Pixels and what the page says of them, as the bits they are; runs in the page. */
export function shown() {
  const { canvas, tiles } = globalThis.playground,
    { classes, height, width, hasVoid, spacing } = canvas.scene;
  const text = ({ buffer }) => {
    let all = "";
    for (const byte of new Uint8Array(buffer)) all += String.fromCharCode(byte);
    return btoa(all);
  };
  return {
    logits: text(canvas.logits),
    target: text(canvas.target),
    shape: [1, classes, height, width],
    scene: { hasVoid, spacing },
    tiles: Object.values(tiles).map(({ name, value, map, error, largest }) => ({
      name,
      value: String(value),
      error,
      largest,
      map: map.length === height * width ? text(map) : undefined,
    })),
  };
}

/** The losses' values and gradients, to the bit. */
export function check({ logits, target, shape, scene, tiles }, options = {}) {
  const [, classes, height, width] = shape,
    pred = { data: floats(logits), shape },
    labels = { data: bytes(target), shape: [1, height, width] };
  assert.deepEqual(tiles.map(({ name }) => name).sort(), catalog.map(({ name }) => name).sort());
  for (const { name, value, error, map } of tiles) {
    const declared = catalog.find((loss) => loss.name === name);
    assert.equal(error, undefined, name);
    const own = {
      ...(scene.hasVoid ? { ignoreIndex: 255 } : {}),
      ...(scene.spacing && "spacing" in declared.options ? { spacing: scene.spacing } : {}),
      ...options[name],
    };
    const expected = seg.create(name, own).valueAndGrad(pred, labels);
    assert.equal(value, String(expected.value), `${name}: the value, to the bit`);
    assert.ok(classes > 1);
    if (map) {
      const channel = expected.grad.slice(height * width, 2 * height * width);
      assert.ok(Buffer.from(channel.buffer).equals(bytes(map)), `${name}: the gradient, to the bit`);
    }
  }
}
