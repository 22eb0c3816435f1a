import type { Palette } from "../../masks/palette.js";

export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Where the voxels of a file lie in space. */
export interface Place {
  /** Voxel (x, y, z) to millimetres: three rows of four numbers. */
  readonly affine: readonly (readonly number[])[];
  /** True where that is a map's east and north in its own units, and not a patient's right, front and up. */
  readonly map?: boolean;
}

/** Objects that a file tells apart, where labels do not. */
export interface Objects {
  /** Those that may occur. */
  readonly labels: readonly number[];
  /** Ids of the objects of one label: 0 where none is, -1 where it is not known. */
  readonly of: (label: number) => Int32Array;
  /** 1 where a pixel is of nothing that was labelled: in a truth, nobody knows of what. */
  readonly unlabelled?: Numbers;
}

/** What a file holds, the last axis fastest. */
export interface Volume {
  readonly data: Numbers;
  readonly shape: readonly number[];
  /** What the axes may be, where the format says: a letter each, as in --axes. */
  readonly axes?: readonly string[];
  /** Size of a voxel along D, H and W, where the file says. */
  readonly spacing?: readonly number[];
  /** Why the spacing is missing, where the file has one that cannot be used. */
  readonly spacingFault?: string;
  readonly place?: Place;
  /** True where planes before and after those that are stored are known to be empty. */
  readonly emptyAround?: boolean;
  /** The number that stands for probability 1, where the file holds grey levels. */
  readonly top?: number;
  /** True where the numbers are entries of a palette or labels of colours. */
  readonly indexed?: boolean;
  /** True where the file says that its numbers are probabilities. */
  readonly probabilities?: boolean;
  readonly objects?: Objects;
  /** Why the numbers cannot serve as labels, although the objects may. */
  readonly fault?: string;
  readonly notes?: readonly string[];
}

/** What the command line says of how to read. */
export interface Reading {
  /** The colours of each label. */
  readonly palette?: Palette;
  /** The array of an .npz file, or the labels of a .zarr. */
  readonly array?: string;
  /** The categories, by name or id, of each label of COCO files. */
  readonly categories?: ReadonlyMap<number, readonly string[]>;
  /** What pixels of several annotations are of; they are an error otherwise. */
  readonly overlap?: "last";
  /** Detections of at least this score count. */
  readonly minScore?: number;
  /** The COCO data set whose images a list of detections is of. */
  readonly dataset?: string;
  /** The folders of panoptic COCO files' PNGs, by the JSON file's whole path. */
  readonly panoptic?: ReadonlyMap<string, string>;
}

/** Where the bytes come from, for formats that span several files. */
export interface Source {
  readonly path: string;
  /** Which of its images, where a file holds a data set. */
  readonly entry?: string;
  /** Bytes of a file beside this one. */
  readonly beside: (name: string) => Promise<Uint8Array>;
}

/** What reads the bytes of one format. */
export interface Reader {
  /** Throws what is wrong with the bytes, in words for the user; whoever calls names the file. */
  readonly read: (bytes: Uint8Array, reading: Reading, source: Source) => Volume | Promise<Volume>;
}

export const show = (shape: readonly number[]): string => `[${shape.join(", ")}]`;
export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** What is wrong with a file's inside, in words for the user. */
export class Flaw extends Error {}

function unreadable(what: string, error: unknown): Error {
  const why = error instanceof Flaw ? `: ${error.message}` : "";
  return new Error(`is cut or broken: it cannot be read as ${what}${why}`);
}

/** A library's error in our words: its own are about its inside. A `Flaw` is told as it is. */
export function decoded<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw unreadable(what, error);
  }
}

export async function decodedLater<T>(what: string, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    throw unreadable(what, error);
  }
}
