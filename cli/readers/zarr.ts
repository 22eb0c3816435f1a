import { existsSync } from "node:fs";
import { FileSystemStore } from "@zarrita/storage";
import * as zarr from "zarrita";
import {
  type Numbers,
  type Reader,
  type Reading,
  type Source,
  show,
  type Volume,
} from "../../src/files/readers/volume";

/** What OME-Zarr says of an image, in version 0.4 (beside the group) or 0.5 (below "ome"). */
interface Multiscale {
  readonly axes?: readonly (string | { readonly name: string; readonly type?: string })[];
  readonly datasets: readonly {
    readonly path: string;
    readonly coordinateTransformations?: readonly Transformation[];
  }[];
  readonly coordinateTransformations?: readonly Transformation[];
}
interface Transformation {
  readonly type: string;
  readonly scale?: readonly number[];
}
type Attributes = {
  readonly multiscales?: readonly Multiscale[];
  readonly labels?: readonly string[];
  readonly ome?: Attributes;
};
type Group = zarr.Group<FileSystemStore>;

const ome = (group: Group): Attributes => {
  const attributes = group.attrs as Attributes;
  return attributes.ome ?? attributes;
};

async function labelsOf(image: Group): Promise<readonly string[]> {
  try {
    return ome(await zarr.open(image.resolve("labels"), { kind: "group" })).labels ?? [];
  } catch {
    return [];
  }
}

/** The group or array that is meant: labels where there are some. */
async function nodeOf(root: Group | zarr.Array<zarr.DataType, FileSystemStore>, { array }: Reading) {
  if (root instanceof zarr.Array) return root;
  const names = await labelsOf(root),
    own = ome(root).labels;
  if (array !== undefined) {
    const path = names.includes(array) ? `labels/${array}` : array;
    return zarr.open(root.resolve(path)).catch(() => {
      throw new Error(`holds no array or labels ${array}, it has ${names.join(", ") || "no labels"} (--array)`);
    });
  }
  const [name] = names;
  if (names.length > 1 || (own && own.length > 1))
    throw new Error(`holds the labels ${(own ?? names).join(", ")}; say which with --array NAME`);
  if (name !== undefined) return zarr.open(root.resolve(`labels/${name}`));
  return own ? zarr.open(root.resolve(own[0])) : root;
}

const letters: Record<string, string> = { t: "N", c: "C", z: "D", y: "H", x: "W" };

function axesOf({ axes }: Multiscale): string[] | undefined {
  if (!axes) return undefined;
  const names = axes.map((axis) => (typeof axis === "string" ? axis : axis.name)),
    found = names.map((name) => letters[name.toLowerCase()]);
  if (found.some((letter) => letter === undefined))
    throw new Error(`has axes ${names.join(", ")}; expected t, c, z, y and x`);
  return [found.join("")];
}

/** Size of a voxel along z, y, x: the scales of the finest level, and of all levels, multiplied. */
function spacingOf(multiscale: Multiscale, axes: string | undefined): readonly number[] | undefined {
  const scales = [
    ...(multiscale.datasets[0].coordinateTransformations ?? []),
    ...(multiscale.coordinateTransformations ?? []),
  ].flatMap(({ scale }) => (scale ? [scale] : []));
  if (scales.length === 0 || !axes) return undefined;
  const sizes = [..."DHW"].map((letter) => {
    const at = axes.indexOf(letter);
    return at < 0 ? 1 : scales.reduce((size, scale) => size * scale[at], 1);
  });
  return sizes.every((size) => size > 0) ? sizes : undefined;
}

async function readZarr(_: Uint8Array, reading: Reading, { path }: Source): Promise<Volume> {
  if (!["zarr.json", ".zgroup", ".zarray"].some((name) => existsSync(`${path}/${name}`)))
    throw new Error("not a Zarr folder: it has none of zarr.json, .zgroup and .zarray");
  const node = await nodeOf(await zarr.open(new FileSystemStore(path)), reading),
    multiscale = node instanceof zarr.Array ? undefined : ome(node as Group).multiscales?.[0];
  if (!(node instanceof zarr.Array) && !multiscale)
    throw new Error("is a Zarr group without an image (multiscales); say which array with --array PATH");
  const array =
    node instanceof zarr.Array
      ? node
      : await zarr.open((node as Group).resolve(multiscale?.datasets[0].path ?? ""), { kind: "array" });
  const axes = multiscale && axesOf(multiscale),
    { data, shape } = await zarr.get(array as zarr.Array<zarr.NumberDataType, FileSystemStore>);
  if (axes && axes[0].length !== shape.length)
    throw new Error(`is cut or broken: its axes are ${axes[0].length}, its shape ${show(shape)}`);
  return { data: plain(data), shape, axes, spacing: multiscale && spacingOf(multiscale, axes?.[0]) };
}

function plain(data: unknown): Numbers {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  if (data instanceof zarr.BoolArray) return Uint8Array.from(data, Number);
  if (ArrayBuffer.isView(data))
    return data instanceof Float64Array || data.constructor.name !== "Float16Array"
      ? (data as Numbers)
      : // Float16Array, which the types of Node 20 do not have.
        Float32Array.from(data as unknown as Float32Array);
  throw new Error("holds no numbers");
}

export const reader: Reader = { read: readZarr };
