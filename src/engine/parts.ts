import type { Parts } from "../bindings/context.js";
import type { Share } from "./share.js";

/** All parts are done here. */
export const alone: Parts = {
  sum(count, evaluate) {
    let sum = 0;
    for (let part = 0; part < count; part++) sum += evaluate(part);
    return sum;
  },
  each(count, work) {
    for (let part = 0; part < count; part++) work(part);
  },
  exchange() {},
};

/**
 * Each part is done by one of several shares, which leaves its value on their board; all are done on return. Rows are
 * exchanged where parts are not claimed (`mapped`).
 */
export function shareOut(share: Share, mapped: boolean): Parts {
  return {
    sum(count, evaluate) {
      const values = share.room(count);
      for (const part of share.indices(count, mapped)) values[part] = evaluate(part);
      share.meet();
      return values.reduce((sum, value) => sum + value, 0);
    },
    each(count, work) {
      for (const part of share.indices(count, mapped)) work(part);
      share.meet();
    },
    exchange(count, rows) {
      const own = rows(),
        all = share.floats(own.length),
        length = own.length / count,
        { first, end } = share.part(count);
      all.set(own.subarray(first * length, end * length), first * length);
      share.meet();
      own.set(all);
    },
  };
}
