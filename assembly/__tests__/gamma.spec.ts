/// <reference types="@as-pect/assembly/types/as-pect" />
import { digamma, lgamma } from "../math/gamma";

// x, log Gamma(x), digamma(x), to 20 digits by arbitrary precision arithmetic.
const known: StaticArray<f64> = [
  1e-10, 23.025850929882735237, -10000000000.5772153, 0.001, 6.9071788853838536617, -1000.5755719318102797, 0.1,
  2.252712651734205902, -10.423754940411076232, 0.25, 1.2880225246980774574, -4.2274535333762654081, 0.5,
  0.57236494292470008707, -1.9635100260214234794, 0.75, 0.20328095143129537148, -1.0858608797864721696, 0.99,
  0.0058548067647097814532, -0.59378630405559515926, 1.0, 0.0, -0.57721566490153286061, 1.25, -0.098271836421813161464,
  -0.22745353337626540809, 1.4616321449683622, -0.1214862905358496081, -9.2412655217294275168e-17, 1.5,
  -0.12078223763524522235, 0.036489973978576520559, 2.0, 0.0, 0.42278433509846713939, 2.5, 0.28468287047291915963,
  0.70315664064524318723, 3.0, 0.69314718055994530942, 0.92278433509846713939, 5.5, 3.9578139676187162939,
  1.6110931485817511237, 9.99, 12.77931521435019336, 2.250700372831201122, 10.0, 12.801827480081469611,
  2.2517525890667211076, 10.5, 13.940625219403763633, 2.3030010342976863753, 33.25, 82.429238345909042294,
  3.4889418035209386936, 100.0, 359.13420536957539878, 4.6001618527380874002, 12345.5, 103958.24296512322913,
  9.4210064020526849513, 1000000.0, 12815504.56914761166, 13.815510057964190771, 500000000.0, 9515059319.0971121286,
  20.030118655386465846, 1000000000000000.0, 33538776394910668.91, 34.53877639491068476,
];

/** Relative to what is large, absolute around the zeros. */
function error(got: f64, exact: f64): f64 {
  return Math.abs(got - exact) / Math.max(1, Math.abs(exact));
}

describe("lgamma and digamma", () => {
  test("known values", () => {
    for (let i = 0; i < known.length; i += 3) {
      expect(error(lgamma(known[i]), known[i + 1])).toBeLessThan(1e-13);
      expect(error(digamma(known[i]), known[i + 2])).toBeLessThan(1e-13);
    }
  });

  test("factorials", () => {
    let factorial = 1.0;
    for (let n = 1; n <= 100; n++) {
      expect(error(lgamma(n), Math.log(factorial))).toBeLessThan(1e-13);
      factorial *= n;
    }
  });

  test("recurrences, also across the switch to the series", () => {
    for (let x = 0.013; x < 40; x *= 1.037) {
      expect(error(lgamma(x + 1) - Math.log(x), lgamma(x))).toBeLessThan(1e-13);
      expect(error(digamma(x + 1) - 1 / x, digamma(x))).toBeLessThan(1e-13);
    }
  });

  test("duplication", () => {
    for (let x = 0.021; x < 1e6; x *= 1.71) {
      expect(
        error(lgamma(x) + lgamma(x + 0.5) + (2 * x - 1) * Math.LN2 - 0.5 * Math.log(Math.PI), lgamma(2 * x)),
      ).toBeLessThan(1e-13);
      expect(error(0.5 * (digamma(x) + digamma(x + 0.5)) + Math.LN2, digamma(2 * x))).toBeLessThan(1e-13);
    }
  });

  test("digamma is the slope of lgamma", () => {
    for (let x = 0.1; x < 1e4; x *= 1.5) {
      const h = 1e-4 * x,
        slope = (8 * (lgamma(x + h) - lgamma(x - h)) - (lgamma(x + 2 * h) - lgamma(x - 2 * h))) / (12 * h);
      expect(error(digamma(x), slope)).toBeLessThan(1e-9);
    }
  });
});
