// What the playground's views say and draw, and that hands without a mouse reach it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { encode } from "fast-png";
import { catalog, load, metricCatalog, presets } from "../../dist/index.js";
import { open } from "./browser.mjs";
import { answered, drop, nifti, opened, stroke } from "./drawing.mjs";
import { bytes, check, floats, shown } from "./pixels.mjs";

/** Those that evaluate another one have no number before one is named. */
const whole = presets.filter(({ arguments: all }) => !Object.values(all).some(({ type }) => type === "options"));

let visit;
before(async () => {
  visit = await open("build/site");
});
after(() => visit?.close());
const at = (link, viewport, more) => opened(visit, link, viewport, more);

test("every preset says how it differs and why, and every mask on which they part ways why", async () => {
  const page = await at("#v=1&scene=empty&tab=names");
  const rows = await page.$$eval(".names tbody tr:not(.group)", (all) =>
    all.map((row) => ({
      name: row.querySelector("code").textContent,
      what: row.querySelector(".what")?.textContent ?? "",
      because: row.querySelector(".because")?.textContent ?? "",
      text: row.querySelector(".why").textContent,
    })),
  );
  assert.ok(whole.length < presets.length);
  assert.deepEqual(rows.map(({ name }) => name).sort(), whole.map(({ name }) => name).sort());
  for (const { name, what, because, text } of rows) {
    assert.ok(text.length > 0, name);
    if (what) assert.ok(because.length > 10, `${name}: ${what}, but why?`);
  }
  const traps = page.locator(".names .choice.wrap button");
  for (let n = 0; n < (await traps.count()); n++) {
    await traps.nth(n).click();
    await page.waitForFunction((i) => document.querySelectorAll(".choice.wrap button")[i].ariaPressed === "true", n);
    assert.ok((await page.textContent(".trap")).length > 40, await traps.nth(n).textContent());
  }
  assert.deepEqual(visit.complaints(), []);
});

/** Rows of the table once all are there: what is called, and the number that is shown. */
async function told(page) {
  await page.waitForFunction(() => {
    const numbers = [...document.querySelectorAll(".names tbody td.number")].map((each) => each.textContent);
    return numbers.length > 0 && !numbers.includes("…");
  });
  const rows = await page.$$eval(".names tbody tr", (all) =>
    all.map(({ children: [name, number] }) => [name.textContent, number.textContent.replaceAll("−", "-")]),
  );
  return new Map(rows);
}
const near = (text, value, what) =>
  assert.ok(Math.abs(Number(text) - value) <= 1e-3 * Math.abs(value), `${what}: ${text} on the page, ${value} in Node`);

test("batch Dice: a tiny object beside the painted one counts as much or disappears, as the package has it", async () => {
  const page = await at("#v=1&scene=disc&tab=names");
  await page.click("text=batch Dice");
  await page.waitForFunction(() => location.hash.includes("given=batch"));
  const pixels = await page.evaluate(shown),
    rows = await told(page),
    side = 128,
    plane = side * side,
    seg = await load(),
    isIn = (i, from) => Math.min(i % side, i / side) >= from && Math.max(i % side, Math.floor(i / side)) < from + 3,
    target = Uint8Array.from({ length: 2 * plane }, (_, i) =>
      i < plane ? bytes(pixels.target)[i] : Number(isIn(i - plane, 63)),
    ),
    logits = new Float32Array(4 * plane);
  logits.set(floats(pixels.logits));
  for (let i = 0; i < 2 * plane; i++) logits[2 * plane + i] = isIn(i % plane, 64) === i >= plane ? 2 : -2;
  const pred = { data: logits, shape: [2, 2, side, side] },
    truth = { data: target, shape: [2, side, side] },
    probabilities = { data: seg.softmax(pred).data.slice(), shape: pred.shape };
  near(rows.get("segloss dice"), seg.create("dice").value(pred, truth), "per sample");
  near(rows.get("segloss dice, batch true"), seg.create("dice", { batch: true }).value(pred, truth), "batch");
  near(rows.get("monai.DiceLoss"), seg.preset("monai.DiceLoss").value(probabilities, truth), "MONAI");
  near(
    rows.get("monai.DiceLoss, batch true"),
    seg.preset("monai.DiceLoss", { batch: true }).value(probabilities, truth),
    "MONAI, batch",
  );
  near(
    rows.get("nnunet.SoftDiceLoss, batch_dice true"),
    seg.preset("nnunet.SoftDiceLoss", { batch_dice: true }).value(pred, truth),
    "nnU-Net, batch",
  );
  near(rows.get("smp.DiceLoss"), seg.preset("smp.DiceLoss").value(pred, truth), "smp");
  assert.ok(Number(rows.get("segloss dice, batch true")) < 0.75 * Number(rows.get("segloss dice")));
  assert.match(await page.textContent(".trap"), /9 pixels/);
  assert.equal(await page.locator(".other").count(), 1);
  await page.click("text=empty truth");
  await page.waitForFunction(() => !location.hash.includes("given"));
  assert.equal((await told(page)).size, whole.length + (await page.locator("tr.group").count()));
  assert.deepEqual(visit.complaints(), []);
});

test("soft labels: the overlap is a product or the smaller of both, and losses of hard labels say so", async () => {
  const page = await at("#v=1&scene=disc&tab=names&given=soft"),
    pixels = await page.evaluate(shown),
    rows = await told(page),
    seg = await load(),
    pred = { data: floats(pixels.logits), shape: [1, 2, 128, 128] },
    // Blurred by 2 pixels, the border's pixels standing for those outside, as scipy's mode "nearest".
    hard = [0, 1].map((c) => Float64Array.from(bytes(pixels.target), (label) => Number(label === c))),
    taps = Array.from({ length: 13 }, (_, i) => Math.exp(-((i - 6) ** 2) / 8)),
    sum = taps.reduce((all, each) => all + each),
    inside = (at) => Math.max(0, Math.min(127, at)),
    blur = (from, of) => from.map((_, i) => taps.reduce((all, w, k) => all + (w / sum) * from[of(i, k - 6)], 0)),
    across = (i, k) => i - (i % 128) + inside((i % 128) + k),
    down = (i, k) => (i % 128) + 128 * inside(Math.floor(i / 128) + k),
    soft = Float32Array.from(hard.flatMap((each) => [...blur(blur(each, across), down)])),
    target = { data: soft, shape: pred.shape },
    probabilities = { data: seg.softmax(pred).data.slice(), shape: pred.shape };
  for (const [name, value] of [
    ["segloss dice", seg.create("dice").value(pred, target)],
    ["segloss dice, overlap product", seg.create("dice", { overlap: "product" }).value(pred, target)],
    ["monai.DiceLoss", seg.preset("monai.DiceLoss").value(probabilities, target)],
    [
      "monai.DiceLoss, soft_label true",
      seg.preset("monai.DiceLoss", { soft_label: true }).value(probabilities, target),
    ],
    ["smp.DiceLoss", seg.preset("smp.DiceLoss").value(pred, target)],
    ["wang.JDTLoss", seg.preset("wang.JDTLoss").value(pred, target)],
  ])
    near(rows.get(name), value, name);
  assert.ok(Number(rows.get("monai.DiceLoss")) > 1.05 * Number(rows.get("monai.DiceLoss, soft_label true")));
  assert.equal(rows.get("smp.LovaszLoss"), "refused");
  assert.match(await page.textContent("tr:has-text('smp.LovaszLoss') .why"), /must be hard/);
  assert.deepEqual(visit.complaints(), []);
});

test("a metric of distances draws its pair, at 95 per cent not the worst; one of bands its bands", async () => {
  const page = await at("#v=1&scene=nucleiLate");
  const overlay = () =>
    page.$eval(".canvas .outline", (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let blue = 0,
        orange = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] < 200) continue;
        if (data[i] === 0x5a && data[i + 1] === 0xaa && data[i + 2] === 0xff) blue++;
        else if (data[i] > 120 && data[i + 2] < data[i] / 2) orange++;
      }
      return { blue, orange };
    });
  const hovered = async (name) => {
    await page.locator(".metrics button", { hasText: new RegExp(`^${name}[\\d−]`) }).focus();
    await page.waitForTimeout(100);
    return overlay();
  };
  await page.waitForFunction(() => globalThis.playground.measured);
  assert.deepEqual(await overlay(), { blue: 0, orange: 0 }, "nothing while none is looked at");
  const worst = await hovered("hausdorff distance"),
    most = await hovered("hausdorff distance 95"),
    border = await hovered("boundary f"),
    band = await hovered("boundary iou");
  assert.ok(worst.blue > 0 && most.blue > 0 && worst.blue !== most.blue, JSON.stringify({ worst, most }));
  assert.ok(border.blue === 0 && border.orange > 0);
  assert.ok(band.orange > 1.5 * border.orange, "a band is wider than a border");
  assert.deepEqual(visit.complaints(), []);
});

test("of lesions the pair that is drawn is that of the one with the largest distance, not the class's", async () => {
  // The crowd has objects that are missed: the class's worst pair leads from one of them to a neighbour.
  const page = await at("#v=1&scene=crowd&edits=right2");
  await page.waitForFunction(() => globalThis.playground.measured);
  const { pairs } = await page.evaluate(() => globalThis.playground.surfaces),
    pixels = await page.evaluate(shown),
    seg = await load(),
    [, , height, width] = pixels.shape,
    shape = [1, height, width],
    [target, logits] = [bytes(pixels.target), floats(pixels.logits)],
    pred = Uint8Array.from(target, (_, i) => Number(logits[width * height + i] > logits[i])),
    numbers = (data) => seg.connectedComponents({ data, shape }, { connectivity: "full" }).data.slice(),
    [lesions, found] = [numbers(target), numbers(pred)];
  // One lesion at a time, by the package's own distance.
  const distances = new Map();
  for (const lesion of new Set(lesions.filter(Boolean))) {
    const met = new Set(found.filter((each, i) => each && lesions[i] === lesion));
    if (met.size === 0) continue;
    const one = (data, isIts) => ({ data: Uint8Array.from(data, (each) => Number(isIts(each))), shape });
    const alone = seg.metrics.hausdorffDistance(
      one(found, (each) => met.has(each)),
      one(lesions, (each) => each === lesion),
      { labels: [1], numClasses: 2 },
    );
    distances.set(lesion, { distance: alone.value, met });
  }
  const most = Math.max(...[...distances.values()].map(({ distance }) => distance)),
    length = ({ from, to }) => Math.hypot(from[0] - to[0], from[1] - to[1]),
    pair = pairs.lesionWiseHausdorffDistance,
    ends = [pair.from, pair.to].map(([x, y]) => y * width + x);
  assert.ok(Math.abs(length(pair) - most) < 1e-4, `${length(pair)} is not ${most}`);
  const isOne = ([lesion, { distance, met }]) =>
    distance > most - 1e-4 && ends.every((i) => lesions[i] === lesion || met.has(found[i]));
  assert.ok([...distances].some(isOne), "both ends are of that lesion and what meets it");
  assert.notDeepEqual(pair, pairs.hausdorffDistance);
  const whole = seg.metrics.hausdorffDistance(
    { data: floats(pixels.logits), shape: pixels.shape },
    { data: target, shape },
  );
  assert.ok(Math.abs(length(pairs.hausdorffDistance) - whole.perClass[1]) < 1e-4, "the class's is its distance");
  assert.ok(pairs.lesionWiseHausdorffDistance95 !== undefined);
  assert.deepEqual(visit.complaints(), []);
});

test("every metric is there or left out with its reason as text; undefined scores say why", async () => {
  // Two metrics have a quantile, and are there at 95 per cent, too.
  const twice = metricCatalog.filter(({ options }) => "percentile" in options).length;
  for (const [scene, why] of [
    ["disc", []],
    ["empty", ["undefined: the truth has no pixel of class 1: a share is 0/0, a distance leads nowhere"]],
  ]) {
    const page = await at(`#v=1&scene=${scene}`);
    await page.waitForFunction(() => globalThis.playground.measured);
    const texts = await page.locator(".metrics button").allTextContents(),
      said = await page.$$eval(".left-out div", (all) =>
        all.map(({ children: [dt, dd] }) => `${dt.textContent}: ${dd.textContent}`),
      );
    assert.equal(texts.length + said.filter((each) => /not here/.test(each)).length, metricCatalog.length + twice);
    assert.deepEqual(said, why);
    assert.equal(
      texts.some((text) => /undefined/.test(text)),
      why.length > 0,
    );
  }
  assert.deepEqual(visit.complaints(), []);
});

test("figure 3 has every kind of error for both objects; a click on a line shows it alone; files hold it", async () => {
  const page = await at("#v=1&scene=disc&tab=figure");
  await page.waitForSelector(".figure .hint[aria-live=polite]", { timeout: 120_000 });
  assert.deepEqual(await page.locator(".panel figcaption").allTextContents(), [
    "False negatives share of the object that is missed",
    "False positives false objects, as a share of the object",
    "Shift shift, in object radii",
    "Erosion erosion, as a share of the radius",
  ]);
  const lines = () => page.locator(".panel:first-child path").count(),
    all = await lines();
  const drawn = () => page.locator(".panel:first-child path").first().getAttribute("d"),
    large = await drawn();
  await page.click("text=small, r 7 px");
  assert.notEqual(await drawn(), large);
  const end = await page.$eval(".panel:first-child path", (path) => {
    const { x, y } = path.getPointAtLength(path.getTotalLength() / 2),
      at = new DOMPoint(x, y).matrixTransform(path.getScreenCTM());
    return [at.x, at.y];
  });
  await page.mouse.move(...end);
  assert.ok((await page.locator(".panel:first-child circle").count()) > 0, "hovering reads");
  await page.mouse.click(...end);
  assert.equal(await lines(), 1);
  await page.mouse.click(...end);
  assert.equal(await lines(), all);
  const saved = async (kind) => {
    const [file] = await Promise.all([page.waitForEvent("download"), page.click(`.figure .row >> text=${kind}`)]);
    return readFileSync(await file.path());
  };
  const rows = (await saved("CSV")).toString().trim().split("\n");
  assert.equal(rows.length, 1 + 2 * 4 * 13);
  for (const { name } of catalog) assert.ok(rows[0].split(",").includes(name), name);
  assert.match((await saved("SVG")).toString(), /^<svg[^>]*>[\s\S]*Erosion[\s\S]*<\/svg>$/);
  assert.equal((await saved("PNG")).toString("latin1", 1, 4), "PNG");
  assert.deepEqual(visit.complaints(), []);
});

test("who has thin structures is shown the losses that keep them connected", async () => {
  const page = await at("#v=1&scene=disc&tab=choose");
  await page.uncheck("text=small objects");
  await page.uncheck("text=contours matter");
  await page.check("text=thin structures");
  assert.deepEqual(
    await page.locator(".card h3 a").allTextContents(),
    ["skeletonRecall", "centerlineDice", "topological"].map((name) => catalog.find((loss) => loss.name === name).title),
  );
  assert.deepEqual(visit.complaints(), []);
});

test("on a phone all views are in sight in the bar, none cut off", async () => {
  const page = await at("#v=1&scene=disc", { width: 390, height: 844 });
  const boxes = await page.$$eval("nav button", (all) =>
    all.map((each) => ({ name: each.textContent, right: each.getBoundingClientRect().right })),
  );
  assert.equal(boxes.length, 6);
  for (const { name, right } of boxes) assert.ok(right <= 390, `${name} ends at ${right} px`);
  assert.deepEqual(visit.complaints(), []);
});

test("embedded, the view is there without the bar above it", async () => {
  const page = await visit.page("playground/index.html?embed#v=1&scene=disc&pin=dice");
  await answered(page);
  assert.equal(await page.locator("header, nav").count(), 0);
  assert.equal(await page.locator(".canvas").count(), 1);
  assert.equal(await page.locator(".pinned figure").count(), 1);
  assert.deepEqual(visit.complaints(), []);
});

test("Tab goes where the eye goes: views, tools, canvas, losses; everything it reaches has a name", async () => {
  const page = await at("#v=1&scene=disc"),
    seen = [];
  for (let n = 0; n < 220; n++) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const element = document.activeElement,
        area = ["header", ".tools", ".middle", ".tiles"].find((each) => element.closest(each)),
        label = element.labels?.[0]?.textContent ?? "";
      return {
        area,
        name: element.ariaLabel || element.textContent || label || element.placeholder,
        tag: element.tagName,
      };
    });
    if (now.tag === "BODY") break;
    seen.push(now);
  }
  assert.ok(
    seen.every(({ name }) => name?.trim()),
    "each has a name",
  );
  const areas = seen.map(({ area }) => area).filter((area, i, all) => area !== all[i - 1]);
  assert.deepEqual(areas, ["header", ".tools", ".middle", ".tiles"]);
  for (const { name } of catalog)
    assert.ok(
      seen.some(({ area, name: text }) => area === ".tiles" && text.startsWith(name)),
      `${name} is reached`,
    );
});

test("a stroke is spoken of once, politely, when the hand rests", async () => {
  const page = await at("#v=1&scene=disc&pin=dice");
  const spoken = page.locator("[data-role=spoken]");
  await page.waitForFunction(() => /^dice \S+$/.test(document.querySelector("[data-role=spoken]").textContent));
  const before = await spoken.textContent();
  await page.evaluate(() => {
    globalThis.heard = [];
    new MutationObserver(() => globalThis.heard.push(document.querySelector("[data-role=spoken]").textContent)).observe(
      document.querySelector("[data-role=spoken]"),
      { childList: true, characterData: true, subtree: true },
    );
  });
  await stroke(page, [
    [0.2, 0.2],
    [0.4, 0.5],
  ]);
  await page.waitForFunction(() => globalThis.heard.length > 0);
  await page.waitForTimeout(1000);
  const heard = await page.evaluate(() => globalThis.heard);
  assert.equal(heard.length, 1, heard.join("; "));
  assert.notEqual(heard[0], before);
  assert.equal(await spoken.getAttribute("aria-live"), "polite");
  // Nothing else that changes with each stroke is live.
  assert.equal(await page.locator("main [aria-live]").count(), 1);
});

test("PNG and NIfTI files that are dropped are the truth that they hold", async () => {
  const page = await at("#v=1&scene=disc"),
    [width, height] = [48, 32],
    mask = Uint8Array.from({ length: width * height }, (_, i) => (i % width > 20 && i > 9 * width ? 1 : 0));
  for (const [name, file] of [
    ["truth.png", Buffer.from(encode({ width, height, data: mask, channels: 1 }))],
    ["truth.nii", nifti([width, height], mask)],
  ]) {
    await page.evaluate(() => {
      location.hash = "#v=1&scene=disc";
    });
    await page.waitForFunction(() => globalThis.playground.canvas.scene.width !== 48);
    await drop(page, "truth", name, file);
    await page.waitForFunction(() => globalThis.playground.canvas.scene.width === 48);
    await answered(page);
    const pixels = await page.evaluate(shown);
    check(pixels);
    assert.deepEqual([...bytes(pixels.target)], [...mask], name);
  }
  assert.deepEqual(visit.complaints(), []);
});
