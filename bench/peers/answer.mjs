// A peer in a process of its own: it is told a loss and where its inputs are, says value and what is compared of the
// gradient, and then takes the time of one evaluation whenever it is asked.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { summary } from "./agree.mjs";

const read = (file, View) => {
  const bytes = readFileSync(file);
  return new View(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
};

/** `prepare({ loss, shape, logits, labels, map })` returns what evaluates: to { value, gradient() }. */
export async function answer(prepare) {
  let evaluate;
  for await (const line of createInterface({ input: process.stdin })) {
    const { loss, shape, folder } = JSON.parse(line);
    if (loss) {
      const logits = read(`${folder}/logits.bin`, Float32Array),
        labels = read(`${folder}/labels.bin`, Uint8Array),
        map = read(`${folder}/map.bin`, Float32Array),
        along = read(`${folder}/direction.bin`, Float32Array);
      evaluate = prepare({ loss, shape, logits, labels, map });
      const first = await evaluate();
      console.log(JSON.stringify({ value: await first.value, ...summary(await first.gradient(), along) }));
      first.dispose?.();
      continue;
    }
    const start = performance.now(),
      found = await evaluate();
    await found.value;
    const ms = performance.now() - start;
    found.dispose?.();
    console.log(JSON.stringify({ ms }));
  }
}
