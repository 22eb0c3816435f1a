// How long losses take to answer a hand, and what the page's thread has to do for it: recorded, never judged.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { after, before, test } from "node:test";
import { open } from "./browser.mjs";
import { answered, opened } from "./drawing.mjs";

let visit;
before(async () => {
  visit = await open("build/site");
});
after(() => visit?.close());

/** A hand that comes, rests, and presses for a moment; when all have answered, and browsers have tidied up. */
async function dab(page, [x, y]) {
  const box = await page.locator(".canvas").boundingBox();
  await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
  await page.waitForTimeout(100);
  await page.mouse.down();
  await page.waitForTimeout(80);
  await page.mouse.up();
  await page.waitForTimeout(250);
  await answered(page);
}

/** A move every 12 ms for three seconds: how many answers come while the hand moves, and how late. */
async function drag(page, busy) {
  const box = await page.locator(".canvas").boundingBox(),
    lasts = 3000,
    every = 12;
  await page.evaluate(() => {
    globalThis.dragged = { values: [], longTasks: [], moves: 0 };
    new PerformanceObserver((list) => {
      for (const { entryType, name, duration } of list.getEntries())
        if (entryType === "longtask") globalThis.dragged.longTasks.push(duration);
        else if (name === "values") globalThis.dragged.values.push(duration);
    }).observe({ entryTypes: ["measure", "longtask"] });
    addEventListener("pointerrawupdate", () => globalThis.dragged.moves++);
  });
  await page.mouse.move(box.x + 0.1 * box.width, box.y + 0.7 * box.height);
  await page.mouse.down();
  const since = performance.now(),
    worked = await busy(),
    moves = [];
  for (let n = 0; performance.now() - since < lasts; n++) {
    const x = 0.1 + (0.8 * (performance.now() - since)) / lasts;
    // Nobody waits for the page, as no hand does.
    moves.push(page.mouse.move(box.x + x * box.width, box.y + (0.7 + 0.05 * Math.sin(n / 6)) * box.height));
    await new Promise((resolve) => setTimeout(resolve, since + every * (n + 1) - performance.now()));
  }
  const found = await page.evaluate(() => globalThis.dragged),
    thread = Math.round((100 * ((await busy()) - worked)) / (performance.now() - since));
  await Promise.all(moves);
  await page.mouse.up();
  await answered(page);
  const sorted = found.values.toSorted((a, b) => a - b),
    round = (value) => Number(value.toFixed(1));
  return {
    moves: found.moves,
    answers: round(sorted.length / (lasts / 1000)),
    latency: { median: round(sorted[sorted.length >> 1]), least: round(sorted[0]), worst: round(sorted.at(-1)) },
    longTasks: found.longTasks,
    thread,
  };
}

test("time of a change on 256 x 256 pixels (printed, not judged)", async () => {
  const page = await opened(visit, "#v=1&scene=nucleiLate"),
    session = await page.context().newCDPSession(page),
    times = [];
  // Of processor time other work of the machine takes nothing away.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  // As for who has drawn a little: by then the browser has compiled at its best what a stroke runs.
  const warmed = 40;
  for (let n = 0; n < warmed; n++) await dab(page, [0.1 + 0.02 * n, 0.6]);
  const busy = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * metrics.find(({ name }) => name === "TaskDuration").value;
  };
  for (let n = 0; n < 16; n++) {
    const since = await busy();
    await dab(page, [0.1 + 0.05 * n, 0.3]);
    times.push({ ...(await page.evaluate(() => globalThis.playground.timing)), page: (await busy()) - since });
  }
  const dragged = await drag(page, busy);
  const of = (key) => times.map((each) => each[key]).sort((a, b) => a - b);
  const median = (key) => Number(of(key)[times.length >> 1].toFixed(1)),
    least = (key) => Number(of(key)[0].toFixed(1)),
    keys = ["values", "shown", "kernels", "all", "page"],
    over = (pick) => Object.fromEntries(keys.map((key) => [key, pick(key)]));
  const measured = {
    pixels: 65_536,
    warmed,
    load: loadavg()[0],
    median: over(median),
    least: over(least),
    times,
    dragged,
  };
  writeFileSync("build/stroke.json", JSON.stringify(measured, null, 2));
  const both = (key) => `${median(key)} ms (least ${least(key)})`;
  console.log(
    `${times.length} changes, after ${warmed} others, since the pointer's event: ` +
      `values of the quick losses in the page after ${both("values")}, painted with their gradients after ` +
      `${both("shown")}, of it ${both("kernels")} in the kernels; all losses after ${both("all")}; ` +
      `${median("page")} ms of the page's thread; load ${loadavg()[0].toFixed(1)}`,
  );
  const { moves, answers, latency, longTasks, thread } = dragged;
  console.log(
    `a hand that moves for 3 s: ${moves} moves, ${answers} answers per second, values of the oldest move that an ` +
      `answer is for after ${latency.median} ms (worst ${latency.worst}), ${longTasks.length} tasks over 50 ms, ` +
      `${thread} per cent of the page's thread`,
  );
  assert.ok(answers > 0 && latency.median > 0, "answers come while the hand moves");
  assert.ok(
    times.every(
      ({ values, shown, kernels, all }) => kernels > 0 && values >= kernels && shown >= values && all >= shown,
    ),
  );
  assert.deepEqual(visit.complaints(), []);
});
