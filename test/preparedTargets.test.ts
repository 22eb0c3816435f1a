import { expect, test } from "vitest";
import type { Target, TensorLike } from "../dist/index.js";
import { bits, create } from "./support/library";
import { Random } from "./support/random";

test("a prepared target is counted anew by who reads it in another way", () => {
  const random = new Random(91),
    labels = { data: Uint8Array.from({ length: 32 }, () => Math.floor(3 * random.next())), shape: [4, 8] },
    prepared = create("dice", { spatialDims: 1 }).prepare(labels),
    // The rank says what the axes are: four lines of eight pixels, or one image without its batch axis.
    calls: [object, number[]][] = [
      [{ spatialDims: 1 }, [4, 3, 8]],
      [{ spatialDims: 1 }, [4, 5, 8]],
      [{ spatialDims: 1, ignoreIndex: 2 }, [4, 3, 8]],
      [{ spatialDims: 1, ignoreIndex: 1 }, [4, 3, 8]],
      [{ spatialDims: 2 }, [3, 4, 8]],
      [{ spatialDims: 1 }, [4, 3, 8]],
    ];
  // Which classes a sample has is a matter of its counts.
  for (const [name, more] of [
    ["dice", { classes: "present" }],
    ["crossEntropy", {}],
  ] as const)
    for (const [options, shape] of calls) {
      const pred: TensorLike = { data: random.normals(shape.reduce((a, b) => a * b)), shape },
        found = (target: Target) => bits(create(name, { ...more, ...options }).valueAndGrad(pred, target));
      expect(found(prepared), `${name} ${JSON.stringify(options)}`).toEqual(found(labels));
    }
});
