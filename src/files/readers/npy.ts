import { latin1, readNumbers, viewOf } from "./bytes.js";
import { arrange } from "./strides.js";
import { product, type Reader, type Volume } from "./volume.js";

// npyjs and numpy-parser read neither big-endian numbers nor Fortran order, nor data that begin at an odd byte.

/** The three entries of the header, a Python dictionary; Python 2 wrote sizes as 8L. */
function readHeader(text: string) {
  const type = /'descr'\s*:\s*'([<>|=]?)([a-zA-Z]\d*)'/.exec(text),
    fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text),
    sizes = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text);
  if (!type && /'descr'\s*:\s*\[/.test(text)) throw new Error("holds records; expected floats, integers or booleans");
  if (!type || !fortran || !sizes) throw new Error("is cut or broken: its header cannot be read");
  const shape = sizes[1].split(",").flatMap((size) => (size.trim() ? [Number.parseInt(size, 10)] : []));
  return { littleEndian: type[1] !== ">", kind: type[2], fortran: fortran[1] === "True", shape };
}

/** NumPy's format, versions 1 to 3: magic, version, length of the header, header, numbers. */
export function readNpy(bytes: Uint8Array): Volume {
  if (bytes.length === 0) throw new Error("is empty");
  if (latin1(bytes, 0, 6) !== "\x93NUMPY") throw new Error("not an NPY file");
  const wide = bytes[6] > 1,
    start = wide ? 12 : 10;
  if (bytes.length < start) throw new Error("is cut or broken: its header is not whole");
  const from = start + (wide ? viewOf(bytes).getUint32(8, true) : viewOf(bytes).getUint16(8, true));
  if (bytes.length < from) throw new Error("is cut or broken: its header is not whole");
  const { littleEndian, kind, fortran, shape } = readHeader(latin1(bytes, start, from)),
    data = readNumbers(bytes, kind, from, product(shape), littleEndian, true);
  if (!data) throw new Error(`holds numbers of NumPy's type ${kind}; expected floats, integers or booleans`);
  if (!fortran || shape.length < 2) return { data, shape };
  const strides = shape.map((_, axis) => product(shape.slice(0, axis)));
  return { data: arrange(data, shape, strides), shape };
}

export const reader: Reader = { read: readNpy };
