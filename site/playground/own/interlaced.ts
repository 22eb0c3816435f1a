// In place of the command line's, whose decoder needs Node.
export function readSmallInterlaced(): never {
  throw new Error("is interlaced with less than 8 bits a pixel, which this page does not read; save it otherwise");
}
