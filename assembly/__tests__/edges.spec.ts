/// <reference types="@as-pect/assembly/types/as-pect" />
import { edgeScratch, setBand, setEdges } from "../math/edgeRows";
import { addEdgeSlopes } from "../math/edgeSlopes";
import { addEdgeDifferences, addTargetEdges } from "../math/edges";

/** A number for each pixel that no symmetry leaves alone. */
function sample(i: i32): f64 {
  return Math.sin(<f64>(i * i + 3 * i + 1));
}

@final
class Room {
  target: usize = heap.alloc(4096);
  error: usize = heap.alloc(4096);
  map: usize = heap.alloc(4096);
  more: usize = heap.alloc(8192);
  across: usize = heap.alloc(4096);
  down: usize = heap.alloc(4096);
  slope: usize = heap.alloc(4096);
  plane: usize = heap.alloc(4096);
  scratch: usize = heap.alloc(4096);
}

const room = new Room();

function get(plane: usize, i: i32): f64 {
  return load<f64>(plane + ((<usize>i) << 3));
}

/** A target of zeros and ones, and errors of a size. */
function fill(count: i32, scale: f64): void {
  for (let i = 0; i < count; i++) {
    store<f64>(room.target + ((<usize>i) << 3), sample(i) > 0 ? 1 : 0);
    store<f64>(room.error + ((<usize>i) << 3), scale * sample(i + 100));
  }
}

/** |Sobel| of the target with `share` times the error, written out. */
function edge(height: i32, width: i32, y: i32, x: i32, share: f64): f64 {
  let gx: f64 = 0,
    gy: f64 = 0;
  for (let i = -1; i <= 1; i++) {
    for (let j = -1; j <= 1; j++) {
      const at = min(height - 1, max(0, y + i)) * width + min(width - 1, max(0, x + j)),
        v = get(room.target, at) + share * get(room.error, at);
      gx += <f64>j * <f64>(2 - abs(i)) * v;
      gy += <f64>i * <f64>(2 - abs(j)) * v;
    }
  }
  return Math.sqrt((gx * gx + gy * gy) / 16 + 1e-6) - 1e-3;
}

function pitch(width: i32): usize {
  return (<usize>((width + 3) / 4)) << 4;
}

/** Maps of rows [first, last) of an image, as a band of it. */
function maps(height: i32, width: i32, first: i32, last: i32, target: bool): void {
  const above = i32(first > 0),
    start = (<usize>((first - above) * width)) << 3;
  setEdges(width, room.scratch);
  setBand(last - first, above, i32(last < height), pitch(width));
  memory.fill(room.map, 0, 4096);
  memory.fill(room.more, 0, 8192);
  addTargetEdges(room.target + start, room.map);
  addEdgeDifferences(room.error + start, target ? room.target + start : 0, room.more, room.across, room.down);
}

function more(width: i32, y: i32, x: i32): f64 {
  return load<f64>(room.more + 2 * (<usize>y * pitch(width)) + ((<usize>x) << 3));
}

describe("edge maps", () => {
  test("are |Sobel|, and their difference that of both maps, band by band", () => {
    for (let width = 1; width < 12; width++) {
      const height = 12 - width;
      expect(edgeScratch(width)).toBeLessThan(4096);
      for (let first = 0; first < height; first++) {
        const last = min(height, first + 1 + (width % 4));
        fill(height * width, 0.5);
        maps(height, width, first, last, true);
        for (let y = first; y < last; y++) {
          for (let x = 0; x < width; x++) {
            const own = edge(height, width, y, x, 0);
            expect(Math.abs(get(room.map, (y - first) * width + x) - own)).toBeLessThan(1e-14);
            expect(Math.abs(own + more(width, y - first, x) - edge(height, width, y, x, 1))).toBeLessThan(1e-13);
          }
        }
      }
    }
  });

  test("the same where the target is known to be empty", () => {
    fill(35, 0.5);
    memory.fill(room.target, 0, 4096);
    maps(5, 7, 0, 5, false);
    for (let i = 0; i < 35; i++)
      expect(Math.abs(more(7, i / 7, i % 7) - edge(5, 7, i / 7, i % 7, 1))).toBeLessThan(1e-13);
  });

  test("their difference keeps its digits where the maps nearly agree", () => {
    for (let exponent = 1; exponent <= 24; exponent++) {
      const size = Math.pow(10, <f64>-exponent);
      fill(30, size);
      maps(5, 6, 0, 5, true);
      let large = 0;
      for (let i = 0; i < 30; i++) {
        // From the derivative, as the difference itself is lost: dE = (gx dx + gy dy) / root, where the target has an
        // edge.
        const slope = (edge(5, 6, i / 6, i % 6, 1e-4 / size) - edge(5, 6, i / 6, i % 6, -1e-4 / size)) / 2e-4,
          steep = edge(5, 6, i / 6, i % 6, 0) > 0.3;
        if (!steep || Math.abs(slope) < 0.05 || exponent < 8) continue;
        large++;
        expect(Math.abs(more(6, i / 6, i % 6) / (slope * size) - 1)).toBeLessThan(1e-5);
      }
      if (exponent >= 8) expect(large).toBeGreaterThan(5);
    }
  });

  test("no subnormal slopes, however small the errors", () => {
    memory.fill(room.target, 0, 4096);
    for (let exponent = 25; exponent <= 300; exponent++) {
      for (let i = 0; i < 30; i++) store<f64>(room.error + ((<usize>i) << 3), Math.pow(10, <f64>-exponent) * sample(i));
      for (let known = 0; known < 2; known++) {
        maps(5, 6, 0, 5, known == 0);
        for (let i = 0; i < 30; i++) {
          const size = Math.abs(<f64>load<f32>(room.across + <usize>(i / 6) * pitch(6) + ((<usize>(i % 6)) << 2)));
          expect(size == 0 || size > 1e-34).toBe(true);
        }
      }
    }
  });

  test("the way back is the derivative, band by band", () => {
    for (let width = 1; width < 10; width++) {
      const height = 10 - width,
        count = height * width;
      fill(count, 0.3);
      memory.fill(room.plane, 0, 4096);
      for (let first = 0; first < height; first += 3) {
        const last = min(height, first + 3),
          above = i32(first > 0);
        maps(height, width, first, last, true);
        for (let y = first; y < last; y++) {
          for (let x = 0; x < width; x++)
            store<f32>(
              room.slope + <usize>(y - first) * pitch(width) + ((<usize>x) << 2),
              <f32>sample(y * width + x + 7),
            );
        }
        addEdgeSlopes(room.slope, room.across, room.down, room.plane + ((<usize>((first - above) * width)) << 2));
      }
      for (let pixel = 0; pixel < count; pixel++) {
        const at = room.error + ((<usize>pixel) << 3),
          own = load<f64>(at);
        let change: f64 = 0;
        for (let side = -1; side <= 1; side += 2) {
          store<f64>(at, own + <f64>side * 1e-6);
          for (let i = 0; i < count; i++)
            change += <f64>side * <f64>(<f32>sample(i + 7)) * edge(height, width, i / width, i % width, 1);
        }
        store<f64>(at, own);
        expect(Math.abs(change / 2e-6 - <f64>load<f32>(room.plane + ((<usize>pixel) << 2)))).toBeLessThan(2e-5);
      }
    }
  });

  test("differences between neighbours far below float32's resolution have their slopes", () => {
    // p = 1/2 + 1e-5 x, in steps that float32 rounds by a few thousandths.
    memory.fill(room.target, 0, 4096);
    for (let i = 0; i < 30; i++) store<f64>(room.error + ((<usize>i) << 3), 0.5 + 1e-5 * <f64>(i % 6));
    maps(5, 6, 0, 5, true);
    const slope = 2e-5 / Math.sqrt(4e-10 + 1e-6);
    for (let y = 0; y < 5; y++) {
      for (let x = 1; x < 5; x++)
        expect(
          Math.abs(<f64>load<f32>(room.across + <usize>y * pitch(6) + ((<usize>x) << 2)) / slope - 1),
        ).toBeLessThan(3e-7);
    }
  });
});
