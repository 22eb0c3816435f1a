// The playground in a browser: what it shows is what the package gives in Node for the same pixels.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { catalog, load } from "../../dist/index.js";
import { open } from "./browser.mjs";

const folder = "build/site/playground",
  seg = await load();
let visit;
before(async () => {
  visit = await open("build/site");
});
after(() => visit?.close());

/** The playground at a link, when all losses have answered. */
async function at(link, viewport, more) {
  const page = await visit.page(`playground/index.html${link}`, viewport, more);
  await answered(page);
  return page;
}
/** Waits until every loss has answered for the pixels as they are. */
const answered = (page) => page.waitForFunction(() => globalThis.playground?.settled, null, { polling: 20 });

const bytes = (text) => Buffer.from(text, "base64"),
  floats = (text) => new Float32Array(Uint8Array.from(bytes(text)).buffer);

/** Pixels and what the page says of them, as the bits they are. */
const read = (page) =>
  page.evaluate(() => {
    const { canvas, tiles } = globalThis.playground,
      { classes, height, width, hasVoid, spacing } = canvas.scene;
    const text = ({ buffer }) => {
      let all = "";
      for (const byte of new Uint8Array(buffer)) all += String.fromCharCode(byte);
      return btoa(all);
    };
    return {
      logits: text(canvas.logits),
      target: text(canvas.target),
      shape: [1, classes, height, width],
      scene: { hasVoid, spacing },
      tiles: Object.values(tiles).map(({ name, value, map, error, largest }) => ({
        name,
        value: String(value),
        error,
        largest,
        map: map.length === height * width ? text(map) : undefined,
      })),
    };
  });

function check({ logits, target, shape, scene, tiles }, options = {}) {
  const [, classes, height, width] = shape,
    pred = { data: floats(logits), shape },
    labels = { data: bytes(target), shape: [1, height, width] };
  assert.deepEqual(tiles.map(({ name }) => name).sort(), catalog.map(({ name }) => name).sort());
  for (const { name, value, error, map } of tiles) {
    const declared = catalog.find((loss) => loss.name === name);
    assert.equal(error, undefined, name);
    const own = {
      ...(scene.hasVoid ? { ignoreIndex: 255 } : {}),
      ...(scene.spacing && "spacing" in declared.options ? { spacing: scene.spacing } : {}),
      ...options[name],
    };
    const expected = seg.create(name, own).valueAndGrad(pred, labels);
    assert.equal(value, String(expected.value), `${name}: the value, to the bit`);
    assert.ok(classes > 1);
    if (map) {
      const channel = expected.grad.slice(height * width, 2 * height * width);
      assert.ok(Buffer.from(channel.buffer).equals(bytes(map)), `${name}: the gradient, to the bit`);
    }
  }
}

async function stroke(page, points) {
  const box = await page.locator(".canvas").boundingBox(),
    place = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...place(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...place(point), { steps: 4 });
  await page.mouse.up();
  await answered(page);
}

test("the page is under 400 KB, zipped, without the data that it fetches later", () => {
  const size = ["index.html", "main.js", "worker.js", "style.css"]
    .map((file) => gzipSync(readFileSync(`${folder}/${file}`)).length)
    .reduce((sum, each) => sum + each);
  console.log(`playground: ${(size / 1000).toFixed(0)} kB zipped`);
  assert.ok(size < 400_000, `${size} bytes`);
});

test("a stroke changes the numbers to what the package gives in Node, to the bit", async () => {
  const page = await at("#v=1&scene=disc");
  const before = await read(page);
  check(before);
  await stroke(page, [
    [0.2, 0.2],
    [0.4, 0.3],
  ]);
  const after = await read(page);
  assert.notDeepEqual(after.logits, before.logits);
  check(after);
  for (const { name, value } of after.tiles)
    assert.equal(await page.locator(`[data-loss="${name}"] .value`).count(), 1, `${name} is a tile, ${value}`);
  await page.keyboard.press("z");
  await answered(page);
  assert.deepEqual((await read(page)).logits, before.logits, "undone");
  assert.deepEqual(visit.complaints(), []);
});

test("every scene is evaluated as in Node: void, spacing, three classes, nuclei", async () => {
  for (const scene of ["void", "spacing", "classes", "empty", "pixel", "nucleiLate"])
    check(await read(await at(`#v=1&scene=${scene}`)));
  assert.deepEqual(visit.complaints(), []);
});

test("operations and options go where the package would have them", async () => {
  const options = { dice: { smooth: 1 }, focal: { gamma: 3 }, tversky: { alpha: 0.7, beta: 0.3 } };
  const link = "#v=1&scene=classes&dice.smooth=1&focal.gamma=3&tversky.alpha=0.7&tversky.beta=0.3";
  check(await read(await at(`${link}&edits=right4~grow-2~blur2~noise1~confidence1.5`)), options);
  assert.deepEqual(visit.complaints(), []);
});

test("a link restores the view, edits included; links of version 1 are read for ever", async () => {
  const page = await at("#v=1&scene=disc");
  await stroke(page, [
    [0.7, 0.2],
    [0.8, 0.6],
  ]);
  await page.click('[data-loss="boundary"] .face');
  await answered(page);
  await page.waitForFunction(() => location.hash.includes("boundary") && location.hash.includes("edits"));
  const shown = await read(page),
    hash = await page.evaluate(() => location.hash);
  const again = await read(await at(hash));
  assert.deepEqual(again.logits, shown.logits);
  assert.deepEqual(
    again.tiles.map(({ name, value }) => name + value).sort(),
    shown.tiles.map(({ name, value }) => name + value).sort(),
  );
  const old = await at(
    "#v=1&tab=paint&scene=lesion&pin=dice,boundary&dice.smooth=1&edits=p1.9.98.GMzHM-HNA~t1.5.90.EEA~right3",
  );
  check(await read(old), { dice: { smooth: 1 } });
  assert.equal(await old.locator(".pinned figure").count(), 2);
  assert.deepEqual(visit.complaints(), []);
});

/** A shifted disc has the right topology: these losses see nothing wrong with it. */
const topologies = ["centerlineDice", "topological"];
test("descent lowers every loss that it may", async () => {
  const names = catalog.map(({ name }) => name).filter((name) => !topologies.includes(name));
  await lowers(names, await at("#v=1&tab=descend&scene=disc"));
  await lowers(topologies, await at("#v=1&tab=descend&scene=vessel"));
  assert.deepEqual(visit.complaints(), []);
});

async function lowers(names, page) {
  for (let first = 0; first < names.length; first += 4) {
    const lanes = names.slice(first, first + 4);
    await page.evaluate((list) => globalThis.playground.descend(list, 12), lanes);
    await page.waitForFunction(() => globalThis.playground.descent.finished, null, { polling: 20 });
    const runs = await page.evaluate(() => globalThis.playground.descent.values);
    for (const name of lanes) {
      const values = runs[name];
      assert.ok(values.length > 0, name);
      // Their gradients leave out neighbours (detached, as the papers have it): they are not the value's own.
      if (["conditionalBoundary", "activeBoundary"].includes(name)) continue;
      assert.ok(values.at(-1) < values[0], `${name}: from ${values[0]} to ${values.at(-1)}`);
    }
  }
}

const tabs = ["paint", "figure", "descend", "names", "choose", "speed"];
test("axe finds nothing serious in any view, light and dark, and each fits a phone", async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const serious = [];
  for (const colorScheme of ["light", "dark"])
    for (const tab of tabs) {
      const page = await at(`#v=1&scene=disc&tab=${tab}`, { width: 390, height: 844 }, { colorScheme });
      await page.evaluate(axe);
      const found = await page.evaluate(() => globalThis.axe.run());
      const all = found.violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${tab} ${colorScheme}: ${id}: ${nodes[0].html} ${nodes[0].failureSummary}`);
      serious.push(...all);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 390, `${tab} is ${width} px wide`);
    }
  assert.deepEqual(serious, []);
  assert.deepEqual(visit.complaints(), []);
});

test("time of a stroke on 256 x 256 pixels (printed, not judged)", async () => {
  const page = await at("#v=1&scene=nucleiLate");
  const times = [];
  for (let n = 0; n < 8; n++) {
    await stroke(page, [
      [0.1 + 0.08 * n, 0.3],
      [0.12 + 0.08 * n, 0.31],
    ]);
    times.push(await page.evaluate(() => globalThis.playground.timing));
  }
  const median = (key) =>
    times
      .map((each) => each[key])
      .sort((a, b) => a - b)
      [times.length >> 1].toFixed(1);
  console.log(`a stroke: quick losses after ${median("quick")} ms, all after ${median("all")} ms`);
  assert.ok(times.every(({ quick, all }) => quick > 0 && all >= quick));
  assert.deepEqual(visit.complaints(), []);
});
