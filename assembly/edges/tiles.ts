import { needs, Said, say } from "../protocol";

/**
 * Tiles of maps, which are cut from some rows of them: a tile's rows one after the other; where it reaches beyond the
 * map nothing is written.
 */
@unmanaged
class Tiles {
  size: i32;
  /** Rows and columns that there are. */
  rows: i32;
  width: i32;
  /** Bytes between rows of float32 maps, half of those between rows of differences. */
  pitch: usize;
  /** A float32 map: the share of a pixel's edges that counts. */
  shares: usize;
}

const tiles = changetype<Tiles>(memory.data(offsetof<Tiles>(), 16));

/** Where a target has no more edge than this, nothing is compared. */
const LEAST: f64 = 0.1;

export function setTiles(size: i32, rows: i32, width: i32, pitch: usize, shares: usize): void {
  say(Said.Tiles, shares);
  tiles.size = size;
  tiles.rows = rows;
  tiles.width = width;
  tiles.pitch = pitch;
  tiles.shares = shares;
}

/**
 * `share` where all of a pixel's 3 x 3 neighbourhood counts, else 0. `valid`: float64 rows with one above and one below
 * where there are such, 1 where a pixel counts.
 */
export function countedShares(valid: usize, above: i32, below: i32, share: f32): void {
  needs(Said.Tiles);
  const row = (<usize>tiles.width) << 3;
  for (let y = 0; y < tiles.rows; y++) {
    const first = max(0, y + above - 1),
      last = min(tiles.rows + above + below - 1, y + above + 1);
    for (let x = 0; x < tiles.width; x++) {
      let least: f64 = 1;
      for (let i = first; i <= last; i++) {
        for (let j = max(0, x - 1); j <= min(tiles.width - 1, x + 1); j++)
          least = Math.min(least, load<f64>(valid + <usize>i * row + ((<usize>j) << 3)));
      }
      store<f32>(tiles.shares + <usize>y * tiles.pitch + ((<usize>x) << 2), least < 1 ? 0 : share);
    }
  }
}

/**
 * The target's tile from column `left` on, of a float64 map and float64 itself; whether it has an edge, and so counts.
 */
export function takeTarget(map: usize, left: i32, tile: usize): bool {
  needs(Said.Tiles);
  const columns = min(tiles.size, tiles.width - left);
  let most: f64 = 0;
  for (let y = 0; y < tiles.rows; y++) {
    for (let x = 0; x < columns; x++) {
      const share = load<f32>(tiles.shares + <usize>y * tiles.pitch + ((<usize>(left + x)) << 2)),
        edge = <f64>share * load<f64>(map + ((<usize>(y * tiles.width + left + x)) << 3));
      most = Math.max(most, edge);
      store<f64>(tile + ((<usize>(y * tiles.size + x)) << 3), edge);
    }
  }
  return most > LEAST;
}

/** A tile of a float64 map of differences. NaN stays NaN also where it does not count. */
export function takeTile(map: usize, left: i32, tile: usize): void {
  needs(Said.Tiles);
  const columns = min(tiles.size, tiles.width - left);
  for (let y = 0; y < tiles.rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = <usize>y * tiles.pitch + ((<usize>(left + x)) << 2);
      store<f64>(
        tile + ((<usize>(y * tiles.size + x)) << 3),
        load<f64>(map + 2 * at) * <f64>load<f32>(tiles.shares + at),
      );
    }
  }
}

/** The way back, of float32 tiles to a float32 map. */
export function putTile(tile: usize, left: i32, map: usize): void {
  needs(Said.Tiles);
  const columns = min(tiles.size, tiles.width - left);
  for (let y = 0; y < tiles.rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = <usize>y * tiles.pitch + ((<usize>(left + x)) << 2);
      store<f32>(map + at, load<f32>(tile + ((<usize>(y * tiles.size + x)) << 2)) * load<f32>(tiles.shares + at));
    }
  }
}
