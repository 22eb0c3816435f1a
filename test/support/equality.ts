import { expect } from "vitest";

const isTyped = (x: unknown): x is Float32Array => ArrayBuffer.isView(x) && !(x instanceof DataView);

/**
 * Whether two lists hold the same numbers, in the sense of Object.is; `toEqual` takes seconds to find so of long ones.
 * Where they differ, or hold anything else, it looks itself, and shows where.
 */
function sameNumbers(a: unknown, b: unknown): true | undefined {
  const lists = (Array.isArray(a) && Array.isArray(b)) || (isTyped(a) && isTyped(b) && a.constructor === b.constructor);
  if (!lists || a.length !== b.length) return;
  for (let i = 0; i < a.length; i++) if (typeof a[i] !== "number" || !Object.is(a[i], b[i])) return;
  return true;
}

expect.addEqualityTesters([sameNumbers]);
