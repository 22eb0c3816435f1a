import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCase, settings } from "./random";
import { answers, type Reference } from "./reference";

/** Writes NAME/NAME.json and NAME/NAME.bin into a folder, in the format of test/vectors/README.md. */
export function writeVectors(name: string, reference: Reference, folder: string): number {
  const base = join(folder, name, name);
  const unknown = reference.settings?.filter((each) => !settings.some((setting) => setting.name === each)) ?? [];
  if (unknown.length > 0)
    throw new Error(`no setting is called ${unknown.join(", ")}; there are: ${settings.map((s) => s.name).join("; ")}`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const store = (data: Float32Array | Float64Array | Uint8Array | Int32Array, shape: readonly number[]) => {
    const dtype = data.constructor.name.replace("Array", "").replace("U", "u").replace("F", "f").replace("I", "i");
    const stored = { dtype, shape, offset: bytes, length: data.length },
      padding = new Uint8Array((8 - (data.byteLength % 8)) % 8);
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), padding);
    bytes += data.byteLength + padding.length;
    return stored;
  };
  const taken = settings.filter((setting) => reference.settings?.includes(setting.name) ?? true),
    count = Math.max(10, taken.length, reference.options.length);
  const sizes = reference.spatial ?? [[5, 7], [19], [3, 4, 2], [9, 1], [8, 6]];
  const cases = Array.from({ length: count }, (_, i) => {
    const setting = taken[i % taken.length],
      own = reference.options[i % reference.options.length],
      spatial = sizes[i % sizes.length],
      { pred, target, options: common } = makeCase(setting, 1000 + i, spatial),
      options = { ...own, ...common };
    try {
      const { value, grad } = answers(reference, { pred, target, options });
      return {
        name: `${i + 1}: ${setting.name}, ${spatial.join("x")}`,
        loss: name,
        options,
        inputs: { pred: store(pred.data, pred.shape), target: store(target.data, target.shape) },
        expected: { value, grad: store(grad, pred.shape) },
      };
    } catch (error) {
      throw new Error(`${name}, ${setting.name}, ${JSON.stringify(options)}: ${(error as Error).message}`);
    }
  });
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(`${base}.json`, `${JSON.stringify(cases, undefined, 1)}\n`);
  writeFileSync(`${base}.bin`, Buffer.concat(parts));
  return count;
}
