// The module's size against its budget.
import { readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 112 * 1024;
const { size } = statSync("dist/segloss.wasm"),
  zipped = gzipSync(readFileSync("dist/segloss.wasm"), { level: 9 }).length;
console.log(`dist/segloss.wasm: ${size} bytes (${zipped} gzipped), budget ${BUDGET}`);
if (size > BUDGET) process.exitCode = 1;
