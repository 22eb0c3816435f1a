import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { runAlone, run as served } from "./cli/run";

/** A folder for files, and the command line run in it. */
export function workshop() {
  const folder = mkdtempSync(join(tmpdir(), "segloss-cli-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, bytes: Uint8Array) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
    return name;
  };
  /** Runs the command with arguments that hold no spaces; alone, if it has an environment of its own. */
  const run = (line: string, env?: Record<string, string>) =>
    env ? runAlone(folder, line.split(" "), env) : served(folder, line.split(" "));
  return { folder, file, run };
}

/** NPY, version 1, 2 or 3: magic, header of Python's literals, numbers. */
export function npy(
  descr: string,
  shape: readonly number[],
  data: ArrayBufferView,
  version = 1,
  fortran = false,
): Uint8Array {
  const text =
      `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ` + `(${shape.join(", ")},), }`,
    prefix = version === 1 ? 10 : 12;
  const header = `${text.padEnd(Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix - 1)}\n`;
  const head = Buffer.alloc(prefix + header.length);
  head.write("\x93NUMPY", 0, "latin1");
  head[6] = version;
  if (version === 1) head.writeUInt16LE(header.length, 8);
  else head.writeUInt32LE(header.length, 8);
  head.write(header, prefix, "latin1");
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** NIfTI-1 with x fastest; what is stored means slope times it plus intercept. */
export function nifti(
  type: number,
  bits: number,
  dims: readonly number[],
  spacing: readonly number[],
  data: ArrayBufferView,
  slope = 0,
  intercept = 0,
): Uint8Array {
  const head = Buffer.alloc(352);
  head.writeInt32LE(348, 0);
  head.writeInt16LE(dims.length, 40);
  for (let i = 1; i < 8; i++) head.writeInt16LE(dims[i - 1] ?? 1, 40 + 2 * i);
  head.writeInt16LE(type, 70);
  head.writeInt16LE(bits, 72);
  for (let i = 1; i < 8; i++) head.writeFloatLE(spacing[i - 1] ?? 1, 76 + 4 * i);
  head.writeFloatLE(352, 108);
  head.writeFloatLE(slope, 112);
  head.writeFloatLE(intercept, 116);
  head.write("n+1\0", 344, "latin1");
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}
