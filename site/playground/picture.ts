// A picture on its way to a worker: after the first, only the rows that changed. A stroke touches few of them, and a
// copy of 256 x 256 logits of two classes takes as long as several losses.
/** A picture as the kernels take it. */
export interface Picture {
  /** [1, C, H, W] */
  readonly logits: Float32Array;
  /** [1, H, W] */
  readonly target: Uint8Array;
  /** Grows when the target changes, so that what is prepared of it is kept until then. */
  readonly targetVersion: number;
  readonly classes: number;
  readonly height: number;
  readonly width: number;
}

/** Rows `from` to `to` of all channels, and of the target where it changed; of a new size, everything. */
export interface Rows extends Omit<Picture, "logits" | "target"> {
  readonly from: number;
  readonly to: number;
  readonly logits: Float32Array;
  readonly target?: Uint8Array;
}

const sameSize = (a: Omit<Picture, "logits" | "target">, b: Omit<Picture, "logits" | "target">) =>
  a.classes === b.classes && a.height === b.height && a.width === b.width;

/** The rows of all channels, one channel after the other. */
function rowsOf({ logits, classes, height, width }: Picture, from: number, to: number): Float32Array {
  const length = (to - from) * width,
    out = new Float32Array(classes * length);
  for (let c = 0; c < classes; c++) {
    const at = (c * height + from) * width;
    out.set(logits.subarray(at, at + length), c * length);
  }
  return out;
}

/** The page's side: remembers what a worker has. */
export class Sender {
  #sent: Picture | undefined;

  rows(now: Picture): Rows {
    const { logits, target, ...rest } = now,
      sent = this.#sent;
    if (!sent || !sameSize(sent, now)) {
      this.#sent = { ...rest, logits: logits.slice(), target: target.slice() };
      return { ...rest, from: 0, to: now.height, logits, target };
    }
    const { from, to } = this.#changed(sent, now),
      rows = rowsOf(now, from, to),
      newTarget = sent.targetVersion === now.targetVersion ? undefined : target.slice();
    put(sent.logits, rows, now, from, to);
    this.#sent = { ...rest, logits: sent.logits, target: newTarget ?? sent.target };
    return { ...rest, from, to, logits: rows, target: newTarget };
  }

  #changed(sent: Picture, now: Picture): { from: number; to: number } {
    const { height, width } = now,
      // As bits: NaN is as it was.
      [a, b] = [sent, now].map(({ logits }) => new Int32Array(logits.buffer, logits.byteOffset, logits.length));
    let from = height,
      to = 0;
    for (let row = 0, at = 0; at < b.length; row = (row + 1) % height, at += width)
      for (let i = at; i < at + width; i++)
        if (a[i] !== b[i]) {
          from = Math.min(from, row);
          to = Math.max(to, row + 1);
          break;
        }
    return { from: Math.min(from, to), to };
  }
}

function put(
  logits: Float32Array,
  rows: Float32Array,
  { classes, height, width }: Omit<Picture, "logits" | "target">,
  from: number,
  to: number,
): void {
  const length = (to - from) * width;
  for (let c = 0; c < classes; c++)
    logits.set(rows.subarray(c * length, (c + 1) * length), (c * height + from) * width);
}

/** The worker's side: the picture as it stands. */
export class Receiver {
  #picture: Picture | undefined;

  picture({ from, to, logits, target, ...rest }: Rows): Picture {
    const old = this.#picture;
    if (old && sameSize(old, rest)) {
      put(old.logits, logits, rest, from, to);
      this.#picture = { ...rest, logits: old.logits, target: target ?? old.target };
    } else if (target) this.#picture = { ...rest, logits, target };
    else throw new Error("rows of a picture that never came");
    return this.#picture as Picture;
  }
}
