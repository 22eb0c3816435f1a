/// <reference types="@as-pect/assembly/types/as-pect" />
import { gather, keepEqual, markAbove, markEqual } from "../math/bytes";

/** Numbers that repeat themselves late. */
function value(i: i32): u8 {
  return <u8>((i * i + 7 * i) % 251);
}

function bytes(count: i32, shift: i32): StaticArray<u8> {
  const list = new StaticArray<u8>(count + 16);
  for (let i = 0; i < list.length; i++) list[i] = value(i + shift);
  return list;
}

describe("maps of bytes", () => {
  test("keepEqual", () => {
    for (let count = 0; count < 70; count++) {
      const to = bytes(count, 0),
        from = bytes(count, 0);
      for (let i = 0; i < count; i += 3) from[i] = from[i] + 1;
      keepEqual(changetype<usize>(to), changetype<usize>(from), count);
      for (let i = 0; i < count; i++) expect(to[i]).toBe(i % 3 == 0 ? 255 : value(i));
    }
  });

  test("markEqual", () => {
    for (let count = 0; count < 70; count++) {
      const wanted = value(count / 2),
        list = bytes(count, 0);
      markEqual(changetype<usize>(list), wanted, count);
      for (let i = 0; i < count; i++) expect(list[i]).toBe(value(i) == wanted ? 1 : 0);
    }
  });

  test("markAbove: above, not at the threshold; infinities are numbers", () => {
    for (let count = 0; count < 70; count++) {
      const numbers = new StaticArray<f32>(count + 16),
        list = bytes(count, 0);
      for (let i = 0; i < count; i++)
        numbers[i] = i % 5 == 0 ? Infinity : i % 5 == 1 ? -Infinity : <f32>((i % 7) - 3) / 2;
      expect(markAbove(changetype<usize>(list), changetype<usize>(numbers), 0.5, count)).toBe(false);
      for (let i = 0; i < count; i++) expect(list[i]).toBe(numbers[i] > 0.5 ? 1 : 0);
    }
  });

  test("markAbove tells of a NaN anywhere, which is not above", () => {
    for (let at = 0; at < 48; at++) {
      const numbers = new StaticArray<f32>(48),
        list = bytes(32, 0);
      numbers[at] = NaN;
      expect(markAbove(changetype<usize>(list), changetype<usize>(numbers), -1, 48)).toBe(true);
      for (let i = 0; i < 48; i++) expect(list[i]).toBe(i == at ? 0 : 1);
    }
  });

  test("gather", () => {
    for (let count = 0; count < 120; count++) {
      for (let step = 1; step < 40; step += 6) {
        const values = new StaticArray<f32>(count),
          marks = new StaticArray<u8>(count + 16);
        for (let i = 0; i < count; i++) values[i] = <f32>i;
        for (let i = 0; i < marks.length; i++) marks[i] = (i + 5) % step == 0 ? <u8>(1 + (i % 3)) : 0;
        const found = gather(changetype<usize>(values), changetype<usize>(marks), count);
        let expected = 0;
        for (let i = 0; i < count; i++) {
          if (marks[i]) {
            expect(values[expected]).toBe(<f32>i);
            expected++;
          }
        }
        expect(found).toBe(expected);
      }
    }
  });
});
