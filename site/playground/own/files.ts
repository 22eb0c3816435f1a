// Reads the visitor's files, with the readers of the package; loaded when the first file comes.
import { endingsOf, formatOf, formats, readBytes, refuse } from "../../../src/files/readers/formats";
import type { Read } from "./layers.js";

async function read(file: File): Promise<Read> {
  const format = formatOf(file.name, formats) ?? refuse(file.name, endingsOf(formats)),
    bytes = new Uint8Array(await file.arrayBuffer()),
    source = { path: file.name, beside: () => Promise.reject(new Error("is one of several files")) },
    { data, shape, spacing, top, indexed, axes } = await readBytes(format, bytes, {}, source);
  return { name: file.name, data, shape, spacing, top, indexed, volume: axes?.some((each) => each.includes("D")) };
}

self.onmessage = async ({ data: { id, file } }: MessageEvent<{ id: number; file: File }>) => {
  try {
    const answer = await read(file);
    self.postMessage({ id, answer });
  } catch (error) {
    self.postMessage({
      id,
      error: `${file.name}: ${(error as Error).message.replace(/ \(?--palette.*|(; say which)? with --.*/, "")}`,
    });
  }
};
