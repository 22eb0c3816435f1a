/** The four columns of a 4 x 4 block. */
@final
export class transpose {
  @inline private static low(a: v128, b: v128): v128 {
    return i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
  }
  @inline private static high(a: v128, b: v128): v128 {
    return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
  }
  @inline private static left(a: v128, b: v128): v128 {
    return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
  }
  @inline private static right(a: v128, b: v128): v128 {
    return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  }
  @inline static first(a: v128, b: v128, c: v128, d: v128): v128 {
    return transpose.left(transpose.low(a, b), transpose.low(c, d));
  }
  @inline static second(a: v128, b: v128, c: v128, d: v128): v128 {
    return transpose.right(transpose.low(a, b), transpose.low(c, d));
  }
  @inline static third(a: v128, b: v128, c: v128, d: v128): v128 {
    return transpose.left(transpose.high(a, b), transpose.high(c, d));
  }
  @inline static fourth(a: v128, b: v128, c: v128, d: v128): v128 {
    return transpose.right(transpose.high(a, b), transpose.high(c, d));
  }
}
