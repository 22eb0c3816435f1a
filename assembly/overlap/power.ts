import { Row } from "./row";

/** What is added up of errors: they themselves, or their squares. */
@unmanaged
export abstract class Power {
  abstract of(x: v128): v128;
  abstract misses(): usize;
}
@final
@unmanaged
export class First extends Power {
  @inline of(x: v128): v128 {
    return x;
  }
  @inline misses(): usize {
    return offsetof<Row>("misses");
  }
}
@final
@unmanaged
export class Second extends Power {
  @inline of(x: v128): v128 {
    return f32x4.mul(x, x);
  }
  @inline misses(): usize {
    return offsetof<Row>("squaredMisses");
  }
}
