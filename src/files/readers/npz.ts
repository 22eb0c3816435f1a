import { unzipSync } from "fflate";
import { readNpy } from "./npy.js";
import { decoded, type Reader } from "./volume.js";

/** NumPy's archive: one array, or the one that --array names. */
export const reader: Reader = {
  read(bytes, { array }) {
    if (bytes.length === 0) throw new Error("is empty");
    const entries = decoded("an NPZ archive", () => unzipSync(bytes)),
      names = Object.keys(entries).map((entry) => entry.replace(/\.npy$/, ""));
    const name = array ?? (names.length === 1 ? names[0] : undefined);
    if (name === undefined)
      throw new Error(`holds the arrays ${names.join(", ") || "(none)"}; say which with --array NAME`);
    const entry = entries[`${name}.npy`];
    if (!entry) throw new Error(`holds no array ${name}, it has ${names.join(", ") || "none"} (--array)`);
    return readNpy(entry);
  },
};
