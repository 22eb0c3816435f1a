// Evaluates every loss on a random prediction.
import { catalog, load } from "../dist/index.js";

const seg = await load();
const pred = { data: Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => 3 * Math.sin(i * i)), shape: [1, 3, 64, 64] };
const target = { data: Uint8Array.from({ length: 64 * 64 }, (_, i) => i % 3), shape: [1, 64, 64] };
console.table(catalog.map(({ name }) => ({ loss: name, value: seg.create(name).value(pred, target) })));
