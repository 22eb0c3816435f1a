/** Files of further formats, written by hand after their specifications. */

type Tag = readonly [tag: number, type: 2 | 3 | 4 | 5 | 12, values: readonly number[] | string];

interface TiffOptions {
  readonly channels?: number;
  readonly photometric?: number;
  readonly compression?: number;
  readonly tags?: readonly Tag[];
}

/** A TIFF (6.0) of uncompressed pages of 8 or 16 bits, or of float32; `tags` are those of the first page besides. */
export function tiff(
  pages: readonly (Uint8Array | Uint16Array | Float32Array)[],
  [height, width]: readonly number[],
  { channels = 1, photometric = channels > 1 ? 2 : 1, compression = 1, tags = [] }: TiffOptions = {},
): Uint8Array {
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])];
  let end = 8,
    link = parts[0];
  let linkAt = 4;
  const append = (bytes: Uint8Array) => {
    const at = end,
      padded = Buffer.alloc(bytes.length + (bytes.length % 2));
    padded.set(bytes);
    parts.push(padded);
    end += padded.length;
    return at;
  };
  for (const [n, page] of pages.entries()) {
    const bytes = new Uint8Array(page.buffer, page.byteOffset, page.byteLength),
      strip = append(bytes),
      format = page instanceof Float32Array ? 3 : 1;
    const all: Tag[] = [
      [256, 4, [width]],
      [257, 4, [height]],
      [258, 3, Array(channels).fill(8 * page.BYTES_PER_ELEMENT)],
      [259, 3, [compression]],
      [262, 3, [photometric]],
      [273, 4, [strip]],
      [277, 3, [channels]],
      [278, 4, [height]],
      [279, 4, [bytes.length]],
      [339, 3, Array(channels).fill(format)],
      ...(n === 0 ? tags : []),
    ];
    all.sort(([a], [b]) => a - b);
    const table = Buffer.alloc(2 + 12 * all.length + 4);
    table.writeUInt16LE(all.length, 0);
    for (const [i, [tag, type, values]] of all.entries()) {
      const size = { 2: 1, 3: 2, 4: 4, 5: 8, 12: 8 }[type],
        count = typeof values === "string" ? values.length + 1 : values.length,
        own = Buffer.alloc(Math.max(4, count * size));
      if (typeof values === "string") own.write(values, "utf8");
      else
        for (const [k, v] of values.entries()) {
          if (type === 3) own.writeUInt16LE(v, 2 * k);
          else if (type === 4) own.writeUInt32LE(v, 4 * k);
          else own.writeDoubleLE(v, 8 * k);
        }
      table.writeUInt16LE(tag, 2 + 12 * i);
      table.writeUInt16LE(type, 4 + 12 * i);
      table.writeUInt32LE(count, 6 + 12 * i);
      if (own.length === 4) own.copy(table, 10 + 12 * i);
      else table.writeUInt32LE(append(own), 10 + 12 * i);
    }
    link.writeUInt32LE(append(table), linkAt);
    link = parts.at(-1) as Buffer;
    linkAt = table.length - 4;
  }
  return Buffer.concat(parts);
}

/** What places a GeoTIFF: pixel scale, a tie point, and keys for a projected system or one of angles. */
export const geoTags = (x: number, y: number, east: number, north: number, model: 1 | 2): readonly Tag[] => [
  [33550, 12, [x, y, 0]],
  [33922, 12, [0, 0, 0, east, north, 0]],
  [34735, 3, [1, 1, 0, 2, 1024, 0, 1, model, 1025, 0, 1, 1]],
];

/** A TIFF's description: OME-XML, or ImageJ's lines. */
export const description = (text: string): readonly Tag[] => [[270, 2, text]];

/** Lines, and numbers after them. */
export const headed = (lines: readonly string[], data: Uint8Array = new Uint8Array(0)): Uint8Array =>
  Buffer.concat([Buffer.from(lines.map((line) => `${line}\n`).join(""), "latin1"), data]);

/** A MetaImage of 6 x 4 x 3 bytes at (10, 20, 30), in steps of 0.5, 0.5 and 2; its last lines are the caller's. */
export const meta = (more: readonly string[], data: Uint8Array = new Uint8Array(0)): Uint8Array =>
  headed(
    [
      "ObjectType = Image",
      "NDims = 3",
      "DimSize = 6 4 3",
      "ElementSpacing = 0.5 0.5 2",
      "TransformMatrix = 1 0 0 0 1 0 0 0 1",
      "Offset = 10 20 30",
      "ElementType = MET_UCHAR",
      ...more,
    ],
    data,
  );

type Element = readonly [tag: number, vr: string, value: Uint8Array | string | number | readonly Element[][]];

/** Elements in explicit little endian (DICOM PS3.5 section 7). */
function dicomElements(elements: readonly Element[]): Buffer {
  return Buffer.concat(
    elements.map(([tag, vr, value]) => {
      const long = ["SQ", "OB", "OW", "UN"].includes(vr);
      let body: Buffer;
      if (typeof value === "number") {
        body = Buffer.alloc(2);
        body.writeUInt16LE(value);
      } else if (typeof value === "string")
        body = Buffer.from(value.length % 2 ? `${value}${vr === "UI" ? "\0" : " "}` : value, "latin1");
      else if (value instanceof Uint8Array) body = Buffer.from(value);
      else
        body = Buffer.concat(
          value.map((item) => {
            const inner = dicomElements(item),
              head = Buffer.alloc(8);
            head.writeUInt16LE(0xfffe, 0);
            head.writeUInt16LE(0xe000, 2);
            head.writeUInt32LE(inner.length, 4);
            return Buffer.concat([head, inner]);
          }),
        );
      if (body.length % 2) body = Buffer.concat([body, Buffer.alloc(1)]);
      const head = Buffer.alloc(long ? 12 : 8);
      head.writeUInt16LE(tag >>> 16, 0);
      head.writeUInt16LE(tag & 0xffff, 2);
      head.write(vr, 4, "latin1");
      if (long) head.writeUInt32LE(body.length, 8);
      else head.writeUInt16LE(body.length, 6);
      return Buffer.concat([head, body]);
    }),
  );
}

/** A binary DICOM segmentation: each frame is a plane of one segment, at a height. */
export function dicomSeg(
  frames: readonly { readonly segment: number; readonly z: number; readonly mask: Uint8Array }[],
  [height, width]: readonly number[],
  /** `fractions` says what they are, of the largest number 200. */
  { kind = "1.2.840.10008.5.1.4.1.1.66.4", step = 2, fractions = "" } = {},
): Uint8Array {
  const bits = frames.flatMap(({ mask }) => [...mask]),
    packed = fractions ? Uint8Array.from(bits) : new Uint8Array(Math.ceil(bits.length / 16) * 2);
  if (!fractions) for (const [i, bit] of bits.entries()) packed[i >> 3] |= bit << (i & 7);
  const body = dicomElements([
    [0x00080016, "UI", kind],
    [0x00080060, "CS", "SEG"],
    [0x00280002, "US", 1],
    [0x00280008, "IS", String(frames.length)],
    [0x00280010, "US", height],
    [0x00280011, "US", width],
    [0x00280100, "US", fractions ? 8 : 1],
    [0x00620001, "CS", fractions ? "FRACTIONAL" : "BINARY"],
    ...(fractions
      ? ([
          [0x00620010, "CS", fractions],
          [0x0062000e, "US", 200],
        ] as const)
      : []),
    [
      0x52009229,
      "SQ",
      [
        [
          [0x00209116, "SQ", [[[0x00200037, "DS", "1\\0\\0\\0\\1\\0"]]]],
          [
            0x00289110,
            "SQ",
            [
              [
                [0x00180088, "DS", String(step)],
                [0x00280030, "DS", "0.5\\0.5"],
              ],
            ],
          ],
        ],
      ],
    ],
    [
      0x52009230,
      "SQ",
      frames.map(({ segment, z }) => [
        [0x00209113, "SQ", [[[0x00200032, "DS", `10\\20\\${z}`]]]],
        [0x0062000a, "SQ", [[[0x0062000b, "US", segment]]]],
      ]),
    ],
    [0x7fe00010, "OB", packed],
  ]);
  const meta = dicomElements([
      [0x00020001, "OB", Uint8Array.of(0, 1)],
      [0x00020002, "UI", kind],
      [0x00020010, "UI", "1.2.840.10008.1.2.1"],
    ]),
    length = Buffer.from([2, 0, 0, 0, 0x55, 0x4c, 4, 0, 0, 0, 0, 0]);
  length.writeUInt32LE(meta.length, 8);
  return Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), length, meta, body]);
}
