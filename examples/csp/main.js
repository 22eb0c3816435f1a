import { load } from "../../node_modules/segloss/dist/index.js";

const seg = await load();
const logits = { data: Float32Array.of(2, -1, 0, 3, -2, 1, 0, -3), shape: [1, 2, 2, 2] };
const labels = { data: Uint8Array.of(0, 1, 1, 0), shape: [1, 2, 2] };
document.querySelector("output").textContent = seg.dice().value(logits, labels);
