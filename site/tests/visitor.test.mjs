// What a visitor gets wrong, or asks too much of: the page says so, and goes on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./browser.mjs";
import { answered, drop, npy, opened } from "./drawing.mjs";

let visit;
before(async () => {
  visit = await open("build/site");
});
after(() => visit?.close());

const at = (link, ...more) => opened(visit, link, ...more);
const logits = (page) => page.evaluate(() => [...globalThis.playground.canvas.logits].join());

test("a link that asks for a huge brush or a thousand blurs opens without them, and says so", async () => {
  const points = "AbcXyz0-_Qrs".repeat(60),
    blurs = Array(1000).fill("blur8").join("~");
  const plain = await logits(await at("#v=1&scene=disc"));
  assert.equal(await logits(await at(`#v=1&scene=disc&edits=p1.99999.98.${points}`)), plain);
  const many = await at(`#v=1&scene=disc&edits=${blurs}`);
  assert.match(await many.textContent(".said [role=status]"), /does not have: edits=blur8~/);
  await many.waitForFunction(() => location.hash.match(/blur8/g)?.length === 200);
  assert.deepEqual(visit.complaints(), []);
});

test("a link to files of somebody else says that they are not here, until one puts it away", async () => {
  const page = await at("#v=1&scene=own"),
    said = page.locator("[role=alert]");
  assert.match(await said.textContent(), /a link holds no files/);
  await page.click(".layers >> text=truth");
  await page.locator(".tools >> text=Shift right").waitFor();
  await page.getByLabel("Shift right").fill("3");
  await answered(page);
  assert.equal(await said.count(), 1, "an answer of the losses does not wipe it away");
  await page.locator(".canvas").hover();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("Escape");
  assert.equal(await said.count(), 0);
  assert.deepEqual(visit.complaints(), []);
});

test("undo while the hand is down takes the stroke back, and the hand paints no more", async () => {
  const page = await at("#v=1&scene=disc"),
    before = await logits(page),
    box = await page.locator(".canvas").boundingBox(),
    move = (x, y) => page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
  await move(0.1, 0.1);
  await page.mouse.down();
  await move(0.4, 0.1);
  assert.notEqual(await logits(page), before);
  await page.keyboard.press("z");
  await move(0.4, 0.3);
  await page.mouse.up();
  await answered(page);
  assert.equal(await logits(page), before);
  await page.keyboard.press("y");
  await answered(page);
  await page.waitForFunction(() => /edits=p1\.9\.98\./.test(location.hash));
  const again = await at(await page.evaluate(() => location.hash));
  assert.notEqual(await logits(again), before, "redo paints what was painted before undo");
  assert.deepEqual(visit.complaints(), []);
});

test("a loss that refuses its options says so in its lane of descent, and the others go on", async () => {
  const paint = await at("#v=1&scene=spacing"),
    distance = paint.locator(".metrics button", { hasText: /^hausdorff distance\d/ }).locator("b");
  await distance.waitFor();
  const [, number] = (await distance.textContent()).match(/^(\d+\.\d)\d* mm$/);
  const page = await at("#v=1&scene=spacing&tab=descend&lanes=dice,crossEntropy&dice.smooth=-1");
  await page.click("text=Step");
  const lane = (name) => page.locator(`.lane[data-loss=${name}]`);
  await lane("crossEntropy").locator("text=step 0").waitFor();
  assert.match(await lane("dice").locator(".hint").textContent(), /option smooth must be/);
  assert.equal(await lane("dice").locator(".curve").nth(0).textContent(), "loss");
  assert.match(
    await lane("crossEntropy").locator(".curve").nth(3).textContent(),
    new RegExp(`^Hausdorff${number} mm$`),
  );
  assert.deepEqual(visit.complaints(), []);
});

test("files: one that falls beside the places, one that is being read, the last that is taken away", async () => {
  const page = await at("#v=1&scene=disc"),
    plain = await page.evaluate(() => globalThis.playground.canvas.scene.width),
    said = page.locator("[role=alert]");
  const mask = npy("|u1", [3000, 3000], new Uint8Array(9e6).fill(1, 4e6));
  await drop(page, "truth", "mask.npy", mask);
  await page.locator(".chosen", { hasText: "reading mask.npy" }).waitFor();
  await page.locator(".chosen", { hasText: /^mask\.npy$/ }).waitFor();
  await page.evaluate(() => {
    const all = new DataTransfer();
    all.items.add(new File(["x"], "x.png"));
    const fall = (type) =>
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: all, bubbles: true, cancelable: true }));
    fall("dragover");
    fall("drop");
  });
  assert.match(await said.textContent(), /fell beside/);
  await page.click("[aria-label='Remove mask.npy']");
  await page.waitForFunction(() => /scene=nucleiLate/.test(location.hash));
  assert.equal(await said.count(), 0);
  assert.equal(plain, 128);
  assert.deepEqual(visit.complaints(), []);
});

test("on a phone the longest numbers stay within their tiles, and pinned maps fill their column", async () => {
  const page = await at("#v=1&scene=disc", { width: 390, height: 844 });
  const [over, map, column] = await page.evaluate(() => {
    for (const value of document.querySelectorAll(".tile .value")) value.textContent = "−1.234e−12";
    for (const delta of document.querySelectorAll(".tile .delta")) {
      delta.className = "delta up";
      delta.textContent = "+1.23e−12";
    }
    const wide = (selector) => document.querySelector(selector).getBoundingClientRect().width;
    return [
      [...document.querySelectorAll(".numbers")].filter((each) => each.scrollWidth > each.clientWidth).length,
      wide(".pinned .heat"),
      wide(".pinned figure"),
    ];
  });
  assert.equal(over, 0);
  assert.equal(map, column);
});

test("numbers of Speed stay in one line on a phone; a pinned loss that refuses says why", async () => {
  const page = await at("#v=1&scene=disc&tab=speed", { width: 390, height: 844 });
  await page.click("text=Time every loss here");
  const number = page.locator("tbody tr").first().locator("td.number").first();
  await page.waitForFunction(() => document.querySelector("tbody td.number").textContent !== "");
  const [height, line] = await number.evaluate((cell) => {
    cell.textContent = "123.4";
    const style = getComputedStyle(cell);
    const inner = cell.clientHeight - Number.parseFloat(style.paddingTop) - Number.parseFloat(style.paddingBottom);
    return [inner, Number.parseFloat(style.lineHeight)];
  });
  assert.ok(height < 1.5 * line, `${height} px of lines of ${line} px`);
  const paint = await at("#v=1&scene=disc&pin=dice&dice.smooth=-1", { width: 390, height: 844 });
  assert.match(await paint.textContent(".pinned figcaption"), /option smooth must be a number of at least 0, got -1/);
  assert.doesNotMatch(await paint.textContent(".pinned figcaption"), /gradient, ±/);
  assert.deepEqual(visit.complaints(), []);
});
