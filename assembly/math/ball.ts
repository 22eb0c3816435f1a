import { needs, Said, say } from "../protocol";

/** A volume [depth, height, width] whose last `axes` axes are real. */
@final
@unmanaged
class Ball {
  depth: i32;
  height: i32;
  width: i32;
  axes: i32;
  radius: f64;

  /** Whether the offset (dz, dy, dx) lies in the ball. */
  @inline holds(dz: i32, dy: i32, dx: i32): bool {
    return Math.sqrt(<f64>(dz * dz + dy * dy + dx * dx)) <= this.radius;
  }
  @inline reach(): i32 {
    return <i32>Math.floor(this.radius);
  }
  /** The largest |dx| with this dz and dy; -1 if there is none. */
  @inline half(dz: i32, dy: i32): i32 {
    if (!this.holds(dz, dy, 0)) return -1;
    let h = <i32>Math.sqrt(Math.max(0, this.radius * this.radius - <f64>(dz * dz + dy * dy)));
    while (this.holds(dz, dy, h + 1)) h++;
    while (!this.holds(dz, dy, h)) h--;
    return h;
  }
  /** Numbers in a row of running sums. */
  @inline row(): usize {
    return <usize>(this.width + 1 + 2 * this.reach());
  }
}

const ball = changetype<Ball>(memory.data(offsetof<Ball>(), 16));

/** Says what volumes are filtered with which ball; returns the bytes that `ballMean` needs for its running sums. */
export function setBall(depth: i32, height: i32, width: i32, axes: i32, radius: f64): usize {
  say(Said.Ball, 0);
  ball.depth = depth;
  ball.height = height;
  ball.width = width;
  ball.axes = axes;
  ball.radius = radius;
  return ((<usize>depth * <usize>height * ball.row()) << 3) + 32;
}

/** Running sums of each row, from so far left that no window needs a case for the border. */
function runningSums(from: usize, sums: usize): void {
  const reach = ball.reach();
  let pixel = from,
    at = sums;
  for (let line = ball.depth * ball.height; line > 0; line--) {
    let sum: f64 = 0;
    for (let i = 0; i < reach; i++, at += 8) store<f64>(at, 0);
    for (let i = 0; i < ball.width; i++, at += 8, pixel += 4) {
      store<f64>(at, sum);
      sum += <f64>load<f32>(pixel);
    }
    for (let i = 0; i <= reach; i++, at += 8) store<f64>(at, sum);
  }
}

/** Adds to one row of `out` the windows of half width h in a row of running sums. */
function addWindows(out: usize, sums: usize, h: i32): void {
  const low = sums + ((<usize>(ball.reach() - h)) << 3),
    high = low + ((<usize>(2 * h + 1)) << 3);
  for (let i: usize = 0, end = (<usize>ball.width) << 3; i < end; i += 16) {
    v128.store(out + i, f64x2.add(v128.load(out + i), f64x2.sub(v128.load(high + i), v128.load(low + i))));
  }
}

/**
 * out (float64, 16 bytes to spare) = `from` (float32) averaged over a ball of pixels, what lies beyond the border being
 * 0. Differences of running sums make it O(r) per pixel in 2-D and O(r^2) in 3-D; in float64 they cost no accuracy.
 */
export function ballMean(from: usize, out: usize, sums: usize): void {
  needs(Said.Ball);
  const reach = ball.reach(),
    reachY = ball.axes > 1 ? reach : 0,
    reachZ = ball.axes > 2 ? reach : 0,
    row = ball.row() << 3,
    bytes = (<usize>ball.width) << 3;
  runningSums(from, sums);
  let size = 0;
  for (let dz = -reachZ; dz <= reachZ; dz++)
    for (let dy = -reachY; dy <= reachY; dy++) size += 2 * ball.half(dz, dy) + 1 > 0 ? 2 * ball.half(dz, dy) + 1 : 0;
  const share = 1 / <f64>size;
  for (let z = 0; z < ball.depth; z++) {
    for (let y = 0; y < ball.height; y++) {
      const line = out + <usize>(z * ball.height + y) * bytes;
      memory.fill(line, 0, bytes);
      for (let dz = max(-reachZ, -z); dz <= min(reachZ, ball.depth - 1 - z); dz++) {
        for (let dy = max(-reachY, -y); dy <= min(reachY, ball.height - 1 - y); dy++) {
          const h = ball.half(dz, dy);
          if (h >= 0) addWindows(line, sums + <usize>((z + dz) * ball.height + y + dy) * row, h);
        }
      }
      for (let i: usize = 0; i < bytes; i += 8) store<f64>(line + i, share * load<f64>(line + i));
    }
  }
}
