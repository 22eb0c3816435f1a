/// <reference types="@as-pect/assembly/types/as-pect" />
import { addWeights, dotWeights } from "../math/dense";
import { addEdges, blockMeans, blocksBackward, edgesBackward, hideUncounted, setEdges } from "../math/edges";

/** A number for each pixel that no symmetry leaves alone. */
function sample(i: i32): f64 {
  return Math.sin(<f64>(i * i + 3 * i + 1));
}

/** |Sobel| of one image, its border repeated, written out. */
function edge(image: usize, height: i32, width: i32, y: i32, x: i32): f64 {
  let gx: f64 = 0,
    gy: f64 = 0;
  for (let i = -1; i <= 1; i++) {
    for (let j = -1; j <= 1; j++) {
      const v = <f64>load<f32>(image + ((<usize>(min(height - 1, max(0, y + i)) * width + min(width - 1, max(0, x + j)))) << 2));
      gx += <f64>j * <f64>(2 - abs(i)) * v;
      gy += <f64>i * <f64>(2 - abs(j)) * v;
    }
  }
  return Math.sqrt((gx * gx + gy * gy) / 16 + 1e-6) - 1e-3;
}

/** Room for an image, for what is bordered, and for maps. */
@final
class Room {
  t: usize = heap.alloc(4096);
  error: usize = heap.alloc(4096);
  sum: usize = heap.alloc(4096);
  valid: usize = heap.alloc(4096);
  imageT: usize = heap.alloc(16384);
  imageError: usize = heap.alloc(16384);
  imageValid: usize = heap.alloc(16384);
  target: usize = heap.alloc(8192);
  more: usize = heap.alloc(8192);
}

const room = new Room();

function fill(count: i32, scale: f64): void {
  for (let i = 0; i < count; i++) {
    const at = (<usize>i) << 2;
    store<f32>(room.t + at, <f32>(sample(i) > 0 ? 1 : 0));
    store<f32>(room.error + at, <f32>(scale * sample(i + 100)));
    store<f32>(room.sum + at, load<f32>(room.t + at) + load<f32>(room.error + at));
    store<f32>(room.valid + at, 1);
  }
}

function maps(height: i32, width: i32, h: i32, w: i32, factor: i32): void {
  setEdges(h, w);
  memory.fill(room.target, 0, 8192);
  memory.fill(room.more, 0, 8192);
  blockMeans(room.t, height, width, factor, room.imageT);
  blockMeans(room.error, height, width, factor, room.imageError);
  addEdges(room.imageT, room.imageError, 1, room.target, room.more);
}

describe("edge maps", () => {
  test("are |Sobel|, and their difference that of both maps", () => {
    for (let width = 1; width < 8; width++) {
      const height = 8 - width;
      fill(height * width, 0.5);
      maps(height, width, height, width, 1);
      for (let i = 0; i < height * width; i++) {
        const target = load<f64>(room.target + ((<usize>i) << 3));
        expect(Math.abs(target - edge(room.t, height, width, i / width, i % width))).toBeLessThan(1e-14);
        expect(Math.abs(target + load<f64>(room.more + ((<usize>i) << 3)) - edge(room.sum, height, width, i / width, i % width))).toBeLessThan(1e-6);
      }
    }
  });

  test("their difference keeps its digits where the maps nearly agree", () => {
    fill(30, 1e-3);
    maps(5, 6, 5, 6, 1);
    const first = load<f64>(room.more + 64);
    fill(30, 1e-9);
    maps(5, 6, 5, 6, 1);
    // a millionth of the error: a millionth of the difference, up to its curvature
    expect(Math.abs(load<f64>(room.more + 64) / (first * 1e-6) - 1)).toBeLessThan(0.01);
  });

  test("means over blocks, smaller ones at the far sides", () => {
    fill(35, 0.1);
    setEdges(3, 4);
    blockMeans(room.t, 5, 7, 2, room.imageT);
    let sum: f64 = 0;
    for (let i = 0; i < 2; i++) for (let j = 0; j < 2; j++) sum += <f64>load<f32>(room.t + ((<usize>(i * 7 + j)) << 2));
    expect(load<f64>(room.imageT + 8 * 7)).toBe(sum / 4); // row 1 of a border of 6 numbers a row
    expect(load<f64>(room.imageT)).toBe(sum / 4);
    expect(load<f64>(room.imageT + 8 * (3 * 6 + 4))).toBe(<f64>load<f32>(room.t + 4 * 34)); // the last block is one pixel
  });

  test("hide what touches an uncounted pixel", () => {
    fill(30, 0.5);
    maps(5, 6, 5, 6, 1);
    store<f32>(room.valid + 4 * 14, 0); // row 2, column 2
    blockMeans(room.valid, 5, 6, 1, room.imageValid);
    for (let i = 0; i < 30; i++) store<f64>(room.target + ((<usize>i) << 3), 1);
    hideUncounted(room.imageValid, room.target);
    for (let i = 0; i < 30; i++) {
      const near = abs(i / 6 - 2) <= 1 && abs((i % 6) - 2) <= 1;
      expect(load<f64>(room.target + ((<usize>i) << 3))).toBe(near ? 0 : 1);
    }
  });

  test("the way back is the derivative", () => {
    const height = 5,
      width = 7,
      h = 3,
      w = 4,
      byMap = heap.alloc(8192),
      byImage = heap.alloc(16384),
      slopes = heap.alloc(4096);
    fill(height * width, 0.3);
    maps(height, width, h, w, 2);
    for (let i = 0; i < h * w; i++) store<f64>(byMap + ((<usize>i) << 3), sample(i + 7));
    edgesBackward(room.imageT, room.imageError, 1, byMap, byImage);
    blocksBackward(byImage, height, width, 2, 1, room.valid, slopes);
    for (let pixel = 0; pixel < height * width; pixel++) {
      const at = room.error + ((<usize>pixel) << 2),
        own = load<f32>(at);
      let change: f64 = 0;
      for (let side = -1; side <= 1; side += 2) {
        store<f32>(at, own + <f32>side * <f32>0.0009765625);
        maps(height, width, h, w, 2);
        for (let i = 0; i < h * w; i++) change += <f64>side * sample(i + 7) * load<f64>(room.more + ((<usize>i) << 3));
      }
      const step = <f64>(own + <f32>0.0009765625) - <f64>(own - <f32>0.0009765625);
      store<f32>(at, own);
      expect(Math.abs(change / step - <f64>load<f32>(slopes + ((<usize>pixel) << 2)))).toBeLessThan(1e-4);
    }
  });
});

describe("dense products", () => {
  test("add in float64", () => {
    const w = heap.alloc(64),
      x = heap.alloc(128);
    for (let count = 2; count <= 16; count += 2) {
      let sum: f64 = 0;
      for (let i = 0; i < count; i++) {
        store<f32>(w + ((<usize>i) << 2), <f32>sample(i));
        store<f64>(x + ((<usize>i) << 3), sample(i + 50));
        sum += <f64>(<f32>sample(i)) * sample(i + 50);
      }
      expect(Math.abs(dotWeights(w, x, count) - sum)).toBeLessThan(1e-15);
      addWeights(x, 3, w, count);
      for (let i = 0; i < count; i++) expect(Math.abs(load<f64>(x + ((<usize>i) << 3)) - sample(i + 50) - 3 * <f64>(<f32>sample(i)))).toBeLessThan(1e-15);
    }
  });
});
