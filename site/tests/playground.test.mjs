// The playground in a browser: what it shows is what the package gives in Node for the same pixels.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { catalog } from "../../dist/index.js";
import { open } from "./browser.mjs";
import { answered, drop, npy, opened, stroke } from "./drawing.mjs";
import { bytes, check, floats, shown } from "./pixels.mjs";

const folder = "build/site/playground";
let visit;
before(async () => {
  visit = await open("build/site");
});
after(() => visit?.close());

const at = (link, viewport, more) => opened(visit, link, viewport, more);
const read = (page) => page.evaluate(shown);

test("the page is under 400 KB, zipped, without the data that it fetches later", () => {
  // files.js comes with the first file that is opened.
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

test("after many strokes each tile shows its own gradient: no map goes back that is still shown", async () => {
  const page = await at("#v=1&scene=disc"),
    box = await page.locator(".canvas").boundingBox();
  // A map that went to the worker too early has no pixels until the next answer: looked at in every frame.
  await page.evaluate(() => {
    globalThis.empty = new Set();
    const look = () => {
      for (const { name, map } of Object.values(globalThis.playground.tiles))
        if (map.length === 0) globalThis.empty.add(name);
      requestAnimationFrame(look);
    };
    look();
  });
  for (let round = 0; round < 2; round++) {
    // The hand does not wait: strokes come while the losses before them still answer.
    for (let n = 0; n < 8; n++) {
      await page.mouse.move(box.x + box.width * (0.1 + 0.1 * n), box.y + box.height * (0.2 + 0.3 * round));
      await page.mouse.down();
      await page.mouse.up();
    }
    await answered(page);
    const now = await read(page);
    for (const { name, map } of now.tiles) assert.ok(map, `${name} has no map`);
    check(now);
  }
  assert.deepEqual(await page.evaluate(() => [...globalThis.empty]), [], "shown without a map");
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

test("a link restores every view: what is ticked, chosen, isolated and descended on", async () => {
  const hash = async (page, part) => {
    await page.waitForFunction((text) => location.hash.includes(text), part);
    return page.evaluate(() => location.hash);
  };
  const ticked = (page) => page.$$eval("main input:checked", (all) => all.map((each) => each.parentNode.textContent));
  const pressed = (page) => page.$$eval("main fieldset [aria-pressed=true]", (all) => all.map((b) => b.textContent));
  /** What a view shows, by itself and from the link that it wrote. */
  const same = async (page, part, look) => {
    const before = await look(page);
    assert.deepEqual(await look(await at(await hash(page, part))), before, part);
  };

  const choose = await at("#v=1&scene=disc&tab=choose");
  for (const title of ["small objects", "contours matter"]) await choose.uncheck(`text=${title}`);
  for (const title of ["thin structures", "volumes (3-D)"]) await choose.check(`text=${title}`);
  assert.deepEqual(await ticked(choose), ["thin structures", "volumes (3-D)"]);
  await same(choose, "has=thin,volumes", ticked);
  const none = await at("#v=1&scene=disc&tab=choose&has=");
  assert.deepEqual(await ticked(none), [], "nothing ticked is not the usual");

  const descend = await at("#v=1&scene=disc&tab=descend");
  const lanes = (page) => page.$$eval("main select", (all) => all.map(({ value }) => value));
  await descend.selectOption("[aria-label='Loss of lane 2']", "tversky");
  await descend.selectOption("label:has-text('Scene') select", "vessel");
  await descend.selectOption("label:has-text('Rate') select", "2");
  assert.deepEqual(await lanes(descend), ["vessel", "2", "crossEntropy", "tversky", "boundary", "focal"]);
  await same(descend, "rate=2&lanes=crossEntropy,tversky,boundary,focal", lanes);

  const figure = await at("#v=1&scene=disc&tab=figure");
  const shows = async (page) => [await ticked(page), await pressed(page), await page.locator("td .sample").count()];
  await figure.check("text=/^iou$/");
  await figure.uncheck("text=/^boundary$/");
  await figure.click("text=small, r 7 px");
  await figure.click("text=raw");
  await figure.click("[aria-label='Only iou']");
  assert.deepEqual((await pressed(figure)).concat((await shows(figure))[2]), ["small, r 7 px", "raw", 1]);
  await same(figure, "only=iou", shows);

  const names = await at("#v=1&scene=disc&tab=names");
  await names.click("text=empty truth");
  await same(names, "scene=empty", pressed);
  assert.deepEqual(visit.complaints(), []);
});

test("what a link has of another form opens as at first, without an error, and the page says what it was", async () => {
  const usual = await read(await at("#v=1&scene=nucleiLate"));
  for (const link of [
    "#v=7&tab=atlas&scene=moon&pin=x,y&layer=z&scale=log&lanes=a,b&rate=1e9&has=a,b&lines=q&only=r&values=s&object=t",
    "#edits=p9.9.98.GMz~t1.5.100.EEA~grow99999999~blur-3~noise1.2.3~dance4~%E0%A4%A&dice.nothing=1&nothing.smooth=1",
    "#%%%&&==&constructor=1&scene=constructor&tab=__proto__&toString.valueOf=2&as=x",
    "#nuclei",
  ]) {
    const page = await at(link);
    assert.equal((await read(page)).logits, usual.logits, link);
    assert.equal(await page.locator("nav [aria-current]").textContent(), "Paint");
    assert.equal(await page.locator("[role=alert]").count(), 0, link);
    assert.match(await page.textContent(".said [role=status]"), /^The link asks for what this page does not have: /);
    for (const tab of ["Figure 3", "Descend", "Same name", "Choose", "Speed"]) await page.click(`nav >> text=${tab}`);
  }
  const lanes = await at("#v=1&scene=disc&tab=descend&lanes=dice,dice,ofTomorrow&rate=3");
  assert.deepEqual(await lanes.$$eval("main select", (all) => all.map(({ value }) => value)), [
    "disc",
    "0.5",
    ...["dice", "crossEntropy", "boundary", "focal"],
  ]);
  assert.deepEqual(visit.complaints(), []);
});

test("descent lowers every loss whose gradient is its value's own", async () => {
  const names = catalog.filter(({ detached }) => !detached).map(({ name }) => name);
  const left = await notLowered(names, await at("#v=1&tab=descend&scene=disc"));
  // A shifted disc has the right topology: some losses see nothing wrong with it, but all with a vessel that is cut.
  assert.deepEqual(await notLowered(left, await at("#v=1&tab=descend&scene=vessel")), []);
  assert.ok(left.length < 4, `too many are not lowered on a disc: ${left}`);
  assert.deepEqual(visit.complaints(), []);
});

async function notLowered(names, page) {
  const left = [];
  for (let first = 0; first < names.length; first += 4) {
    const lanes = names.slice(first, first + 4);
    await page.evaluate((list) => globalThis.playground.descend(list, 12), lanes);
    await page.waitForFunction(() => globalThis.playground.descent.finished, null, { polling: 20 });
    const runs = await page.evaluate(() => globalThis.playground.descent.values);
    for (const name of lanes) {
      const values = runs[name];
      assert.ok(values.length > 0, name);
      if (!(values.at(-1) < values[0])) left.push(name);
    }
  }
  return left;
}

const give = (page, role, name, buffer) =>
  page.setInputFiles(`input[data-role=${role}]`, { name, mimeType: "application/octet-stream", buffer });

test("own files: labels, probabilities and an image are what they hold; what is wrong is said", async () => {
  const page = await at("#v=1&scene=disc"),
    [height, width] = [60, 80],
    plane = height * width,
    labels = Uint8Array.from({ length: plane }, (_, i) => (i % width > 30 && i > 20 * width ? 255 : 0)),
    p = Float32Array.from({ length: plane }, (_, i) => 0.1 + (0.8 * (i % width)) / width);
  const nrrd = `NRRD0004\ntype: uchar\ndimension: 2\nsizes: ${width} ${height}\nencoding: raw\n\n`;
  await give(page, "truth", "truth.nrrd", Buffer.concat([Buffer.from(nrrd), labels]));
  await page.waitForFunction(() => globalThis.playground.canvas.scene.width === 80);
  await give(page, "prediction", "p.npy", npy("<f4", [height, width], p));
  await page.waitForFunction(() => globalThis.playground.canvas.logits[80] !== globalThis.playground.canvas.logits[81]);
  await answered(page);
  const pixels = await read(page);
  check(pixels);
  assert.deepEqual([...bytes(pixels.target)], [...labels.map((v) => (v ? 1 : 0))]);
  const logits = floats(pixels.logits);
  assert.ok(p.every((each, i) => Math.abs(1 / (1 + Math.exp(logits[i] - logits[plane + i])) - each) < 1e-6));
  // A PNG, whose pixels are the nuclei's own; of another size, so that it is refused, and the picture stays.
  await give(page, "image", "image.png", readFileSync("data/nuclei/images/test-00.png"));
  await page.waitForSelector("[role=alert]");
  assert.match(await page.textContent("[role=alert]"), /80 by 60 pixels.*image\.png.* 256 by 256/);
  for (const [name, buffer, words] of [
    ["x.npy", Buffer.from("no"), /x\.npy: not an NPY file/],
    ["x.jpg", Buffer.from("no"), /x\.jpg: is an image with losses/],
    ["x.mgz", Buffer.from("no"), /x\.mgz: expected a name that ends in \.png, \.tif/],
    ["x.tif", Buffer.from("no"), /x\.tif: is cut or broken/],
    ["x.nii.gz", Buffer.from([0x1f, 0x8b, 1, 2]), /x\.nii\.gz: is cut or broken/],
    ["x.npy", npy("<f4", [60, 80], new Float32Array(4800).fill(0.5)), /labels are whole numbers, it holds 0\.5/],
    ["x.npy", npy("|u1", [60, 80], new Uint8Array(4800).fill(12)), /holds label 12/],
  ]) {
    await give(page, "truth", name, buffer);
    const said = page.locator("[role=alert]", { hasText: words });
    await said.waitFor().catch(async () => assert.match(await page.textContent("[role=alert]"), words));
  }
  assert.equal((await read(page)).logits, pixels.logits);
  assert.deepEqual(visit.complaints(), []);
});

test("files dropped on the page: large pictures are reduced, and the page says how", async () => {
  const page = await at("#v=1&scene=disc"),
    side = 512,
    mask = Uint8Array.from({ length: side * side }, (_, i) => ((i % side) + i / side > side ? 3 : 0));
  await drop(page, "truth", "mask.npy", npy("|u1", [side, side], mask));
  await page.waitForFunction(() => globalThis.playground.canvas.scene.classes === 4);
  await answered(page);
  check(await read(page));
  assert.match(await page.textContent(".own"), /512 by 512 pixels reduced to 256 by 256: labels by the nearest/);
  assert.match(await page.textContent(".own"), /Nothing is uploaded/);
  assert.equal(await page.locator(".drop").count(), 0);
  assert.deepEqual(visit.complaints(), []);
});

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
      const list = await page.evaluate(() => {
        const { scrollWidth = 0, clientWidth = 0 } = document.querySelector(".names-list") ?? {};
        return scrollWidth - clientWidth;
      });
      assert.equal(list, 0, "the figure's losses go on below, not beside");
    }
  assert.deepEqual(serious, []);
  assert.deepEqual(visit.complaints(), []);
});
