// Reads the visitor's files, with the readers of the package, and makes a scene of them: of pictures of 16 million
// pixels that takes seconds. Loaded when the first file comes.
import { endingsOf, formatOf, formats, readBytes, refuse } from "../../../src/files/readers/formats";
import { type Composed, compose, type Parts } from "./compose.js";
import type { Read, Role } from "./layers.js";

/** A file for a role, or null to take it away; or another slice of the files that are here. */
export interface FileQuestion {
  readonly id: number;
  readonly role?: Role;
  readonly file?: File | null;
  readonly slice?: number;
}
export interface FileAnswer {
  readonly id: number;
  /** What the files make together; null without files. */
  readonly composed?: Composed | null;
  readonly error?: string;
}

async function read(file: File): Promise<Read> {
  const format = formatOf(file.name, formats) ?? refuse(file.name, endingsOf(formats)),
    bytes = new Uint8Array(await file.arrayBuffer()),
    source = { path: file.name, beside: () => Promise.reject(new Error("is one of several files")) },
    { data, shape, spacing, top, indexed, axes } = await readBytes(format, bytes, {}, source);
  return { name: file.name, data, shape, spacing, top, indexed, volume: axes?.some((each) => each.includes("D")) };
}
const readOrSay = (file: File) =>
  read(file).catch((error: Error) => {
    throw new Error(`${file.name}: ${error.message.replace(/ \(?--palette.*|(; say which)? with --.*/, "")}`);
  });

let parts: Parts = {};
/** What is refused leaves the files as they were. */
async function change({ role, file, slice }: FileQuestion): Promise<Composed | null> {
  const { [role as Role]: _, ...others } = parts,
    next: Parts = role && file ? { ...others, [role]: await readOrSay(file) } : others,
    composed = Object.keys(next).length > 0 ? compose(next, slice) : null;
  parts = next;
  return composed;
}

// One after another: a file that comes while another is read is put beside it.
let turn = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<FileQuestion>) => {
  const { id } = data;
  turn = turn
    .then(() => change(data))
    .then(
      (composed) => self.postMessage({ id, composed } satisfies FileAnswer),
      (error: Error) => self.postMessage({ id, error: error.message } satisfies FileAnswer),
    );
};
