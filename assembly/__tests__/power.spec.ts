/// <reference types="@as-pect/assembly/types/as-pect" />
import { lanes } from "../math/lanes";
import { power } from "../math/power";

const NORMAL: f32 = 1.17549435e-38;

function raised(x: f32, y: f32): f32 {
  return f32x4.extract_lane(power.of(f32x4.splat(x), y), 3);
}

describe("power", () => {
  test("of halves: within 6e-8 for each of its factors, and normal numbers or a root of 0", () => {
    for (let halves = 0; halves <= 10; halves++) {
      const y = <f32>0.5 * <f32>halves;
      for (let bits: u32 = reinterpret<u32>(NORMAL); bits <= 0x3f800000; bits += 1021) {
        const x = reinterpret<f32>(bits),
          exact = Math.pow(x, y),
          got = <f64>raised(x, y);
        if (exact > 1.18e-38) {
          if (!(Math.abs(got - exact) <= 3e-8 * <f64>(halves + 2) * exact)) expect(x).toBe(y);
        } else if (!(got >= <f64>NORMAL && got < 1.18e-38)) expect(x).toBe(y);
      }
      expect(raised(1, y)).toBe(1);
      expect(raised(0, y)).toBe(halves == 0 ? 1 : halves == 1 ? 0 : raised(1e-38, y));
    }
  });

  test("of others it is that of lanes", () => {
    const exponents: StaticArray<f32> = [0.3, 1.25, 5.5, 7];
    for (let i = 0; i < exponents.length; i++)
      for (let x: f32 = 0; x <= 1; x += 0.01)
        expect(raised(x, exponents[i])).toBe(
          f32x4.extract_lane(lanes.pow(f32x4.splat(x), f32x4.splat(exponents[i])), 3),
        );
  });

  test("NaN stays NaN", () => {
    expect(raised(NaN, 1.5)).toBeNaN();
  });
});
