// Files of masks and scores, as a page's visitors drop them; each format's reader is loaded with its first file.
export { type FileTensor, readFile } from "./files/alone.js";
export type { FileInput, FileLike } from "./files/given.js";
export type { FileOptions, ReadFileOptions, ReadPairOptions } from "./files/options.js";
export { type FilePair, readPair } from "./files/pair.js";
