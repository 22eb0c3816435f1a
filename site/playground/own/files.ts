// Reads the visitor's files, with the readers of the package; loaded when the first file comes.
import { reader as nifti } from "../../../src/files/readers/nifti";
import { reader as npy } from "../../../src/files/readers/npy";
import { reader as png } from "../../../src/files/readers/png";
import { product, type Reader, show } from "../../../src/files/readers/volume";
import type { Read } from "./layers.js";

const readers: readonly (readonly [RegExp, Reader])[] = [
  [/\.png$/i, png],
  [/\.npy$/i, npy],
  [/\.nii(\.gz)?$/i, nifti],
];

async function read(file: File): Promise<Read> {
  const found = readers.find(([ending]) => ending.test(file.name));
  if (!found) throw new Error("this page reads .png, .npy, .nii and .nii.gz");
  const bytes = new Uint8Array(await file.arrayBuffer()),
    source = { path: file.name, beside: () => Promise.reject(new Error("is one of several files")) },
    { data, shape, spacing, top, indexed, axes } = await found[1].read(bytes, {}, source);
  if (data.length !== product(shape))
    throw new Error(`is cut or broken: shape ${show(shape)} needs ${product(shape)} numbers, it holds ${data.length}`);
  return { name: file.name, data, shape, spacing, top, indexed, volume: axes?.some((each) => each.includes("D")) };
}

self.onmessage = async ({ data: { id, file } }: MessageEvent<{ id: number; file: File }>) => {
  try {
    const answer = await read(file);
    self.postMessage({ id, answer });
  } catch (error) {
    self.postMessage({
      id,
      error: `${file.name}: ${(error as Error).message.replace(/ \(?--palette.*| with --.*/, "")}`,
    });
  }
};
