import { latin1 } from "./bytes.js";

/** What files begin with, and from which byte on. */
const signatures: readonly (readonly [string, number, string])[] = [
  ["JPEG", 0, "\xff\xd8\xff"],
  ["WebP", 8, "WEBP"],
  ["GIF", 0, "GIF8"],
  ["BMP", 0, "BM"],
  ["PNG", 0, "\x89PNG"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["NPY", 0, "\x93NUMPY"],
  ["a ZIP archive (NPZ is one)", 0, "PK\x03\x04"],
  ["NRRD", 0, "NRRD"],
  ["MetaImage", 0, "ObjectType"],
  ["DICOM", 128, "DICM"],
  ["NIfTI", 344, "n+1\0"],
  ["gzip", 0, "\x1f\x8b"],
  ["PDF", 0, "%PDF"],
  ["a web page", 0, "<!"],
];

/** What a file is by its first bytes, whatever its name says. */
export const imageType = (bytes: Uint8Array): string | undefined =>
  signatures.find(([, from, text]) => latin1(bytes, from, Math.min(from + text.length, bytes.length)) === text)?.[0];
