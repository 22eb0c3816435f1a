/// <reference types="@as-pect/assembly/types/as-pect" />
import { blockMeans, spreadBlocks } from "../math/blocks";
import { addWeights, backProducts, dotWeights, products } from "../math/dense";

function sample(i: i32): f64 {
  return Math.sin(<f64>(i * i + 3 * i + 1));
}

const x = heap.alloc(65536),
  w = heap.alloc(262144),
  sums = heap.alloc(4096),
  y = heap.alloc(65536);

/** Rows of x, filled up with zeros to whole vectors, and rows of w without gaps, numbers beyond the last. */
function fill(count: i32, units: i32, length: i32): i32 {
  const row = ((length + 3) / 4) * 4;
  memory.fill(x, 0, 65536);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < length; i++) store<f32>(x + ((<usize>(n * row + i)) << 2), <f32>sample(n * length + i));
  for (let i = 0; i < units * length + 8; i++) store<f32>(w + ((<usize>i) << 2), <f32>sample(i + 1000));
  return row;
}

function weight(h: i32, i: i32, length: i32): f64 {
  return <f64>load<f32>(w + ((<usize>(h * length + i)) << 2));
}

describe("dense products", () => {
  test("of many inputs, added to what is there", () => {
    for (let units = 1; units <= 9; units++) {
      for (let length = 1; length <= 1030; length += length < 9 ? 1 : 171) {
        const count = 2 + 2 * (units % 2),
          row = length + (length & 1),
          bytes = <usize>((units + 3) / 4) * 32;
        fill(1, units, length);
        for (let i = 0; i < count * row; i++) store<f64>(x + ((<usize>i) << 3), i % row < length ? sample(i + 31) : 0);
        for (let i = 0; i < count * <i32>bytes; i += 8) store<f64>(sums + <usize>i, 0.5);
        products(x, count, (<usize>row) << 3, w, units, (<usize>length) << 2, row, sums, bytes);
        for (let n = 0; n < count; n++) {
          for (let h = 0; h < units; h++) {
            let sum = 0.5;
            for (let i = 0; i < length; i++) sum += load<f64>(x + ((<usize>(n * row + i)) << 3)) * weight(h, i, length);
            expect(Math.abs(load<f64>(sums + <usize>n * bytes + ((<usize>h) << 3)) - sum)).toBeLessThan(1e-12);
          }
        }
      }
    }
  });

  test("and back", () => {
    for (let units = 1; units <= 9; units++) {
      const count = 4,
        length = 13,
        row = fill(count, units, length),
        padded = ((units + 3) / 4) * 4;
      for (let i = 0; i < count * padded; i++)
        store<f32>(sums + ((<usize>i) << 2), i % padded < units ? <f32>sample(i + 77) : 0);
      for (let i = 0; i < count * row; i++) store<f32>(y + ((<usize>i) << 2), 1);
      backProducts(sums, count, (<usize>padded) << 2, w, units, (<usize>length) << 2, row, y, (<usize>row) << 2);
      for (let n = 0; n < count; n++) {
        for (let i = 0; i < length; i++) {
          let sum: f64 = 1;
          for (let h = 0; h < units; h++)
            sum += <f64>load<f32>(sums + ((<usize>(n * padded + h)) << 2)) * weight(h, i, length);
          expect(Math.abs(<f64>load<f32>(y + ((<usize>(n * row + i)) << 2)) - sum)).toBeLessThan(2e-6);
        }
      }
    }
  });

  test("of one input add in float64", () => {
    for (let count = 2; count <= 16; count += 2) {
      let sum: f64 = 0;
      for (let i = 0; i < count; i++) {
        store<f32>(w + ((<usize>i) << 2), <f32>sample(i));
        store<f64>(x + ((<usize>i) << 3), sample(i + 50));
        sum += <f64>(<f32>sample(i)) * sample(i + 50);
      }
      expect(Math.abs(dotWeights(w, x, count) - sum)).toBeLessThan(1e-15);
      addWeights(x, 3, w, count);
      for (let i = 0; i < count; i++)
        expect(Math.abs(load<f64>(x + ((<usize>i) << 3)) - sample(i + 50) - 3 * <f64>(<f32>sample(i)))).toBeLessThan(
          1e-15,
        );
    }
  });
});

describe("blocks", () => {
  test("their means, smaller blocks at the far sides, and the way back", () => {
    const height = 5,
      width = 7;
    for (let factor = 1; factor <= 8; factor++) {
      const rows = (height + factor - 1) / factor,
        columns = (width + factor - 1) / factor;
      for (let i = 0; i < height * width; i++) store<f64>(x + ((<usize>i) << 3), sample(i));
      blockMeans(x, height, width, factor, sums);
      for (let block = 0; block < rows * columns; block++) {
        let sum: f64 = 0,
          pixels = 0;
        for (let i = 0; i < height * width; i++) {
          if (i / width / factor != block / columns || (i % width) / factor != block % columns) continue;
          sum += sample(i);
          pixels++;
        }
        expect(Math.abs(load<f64>(sums + ((<usize>block) << 3)) - sum / <f64>pixels)).toBeLessThan(1e-15);
        // Slopes of the rows from this block's on: pixels from the middle of its first row.
        const top = (block / columns) * factor;
        for (let i = 0; i < (rows - block / columns) * columns; i++)
          store<f32>(y + ((<usize>i) << 2), <f32>sample(i + 40));
        const first = top * width + 2,
          count = height * width - first;
        spreadBlocks(y, top, height, width, factor, first, count, w);
        for (let i = 0; i < count; i++) {
          const row = (first + i) / width / factor,
            column = ((first + i) % width) / factor,
            inBlock =
              (min(height, (row + 1) * factor) - row * factor) * (min(width, (column + 1) * factor) - column * factor),
            slope = <f64>(<f32>sample((row - top / factor) * columns + column + 40)) / <f64>inBlock;
          expect(Math.abs(<f64>load<f32>(w + ((<usize>i) << 2)) - slope)).toBeLessThan(1e-7);
        }
      }
    }
  });
});
