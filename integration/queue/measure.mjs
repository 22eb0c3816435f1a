// How long runs of 1 to 4 workers take, or of as many as are given, and what goes through Redis:
// node integration/queue/measure.mjs [workers ...]

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { startRedis } from "./redis.mjs";
import { makeCases, run, start, until } from "./workshop.mjs";

const asked = "score --pred pred --target truth --metric dice hausdorffDistance --map 1=1 2=2 --csv",
  cli = fileURLToPath(new URL("node_modules/segloss/dist/cli.js", import.meta.url));
const wanted = process.argv.slice(2).map(Number);
const redis = await startRedis(),
  connection = new Redis(redis.url);
/** Bytes that Redis has read and written. */
async function traffic() {
  const text = await connection.info("stats");
  return ["input", "output"].map((way) => Number(text.match(new RegExp(`total_net_${way}_bytes:(\\d+)`))[1]));
}
console.log(`${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)} before`);
for (const count of wanted.length > 0 ? [600] : [16, 600]) {
  const folder = makeCases(count, 320, 320),
    began = performance.now(),
    alone = run(folder, `${asked} --jobs 1`);
  console.log(`${count} cases, no queue, 1 thread: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  for (const workers of wanted.length > 0 ? wanted : count === 16 ? [1] : [1, 2, 3, 4]) {
    const all = Array.from({ length: workers }, () => start(folder, `worker --queue ${redis.url} --jobs 1`));
    for (const { said } of all)
      await until(
        () => said.stderr.includes("waiting for shards"),
        () => said.stderr,
      );
    const [before, start_] = [await traffic(), performance.now()],
      line = `TIMEFORMAT='%U %S'; time "${process.execPath}" "${cli}" ${asked} --queue ${redis.url} --shard-size 4`,
      { stdout, stderr } = spawnSync("bash", ["-c", line], { cwd: folder, encoding: "utf8" }),
      seconds = (performance.now() - start_) / 1000,
      after = await traffic(),
      cpu = stderr.trim().split("\n").at(-1).split(" ").map(Number);
    for (const { child } of all) child.kill("SIGKILL");
    await Promise.all(all.map(({ ended }) => ended));
    console.log(
      `${count} cases, ${workers} worker(s): ${seconds.toFixed(1)} s; coordinator ${(cpu[0] + cpu[1]).toFixed(2)} s of ` +
        `processor; Redis ${after.map((bytes, k) => bytes - before[k]).join(" bytes in, ")} out; ` +
        `load ${loadavg()[0].toFixed(1)}; ${stdout === alone.stdout ? "same output" : "OTHER OUTPUT"}`,
    );
  }
  rmSync(folder, { recursive: true });
}
connection.disconnect();
await redis.end();
