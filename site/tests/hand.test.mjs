// What a hand on the canvas begins, and what it leaves alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { open } from "./browser.mjs";
import { opened, stroke } from "./drawing.mjs";

let visit;
before(async () => {
  visit = await open("build/site");
});
after(() => visit?.close());

test("a stroke begins on the canvas and ends with the hand, wherever that is", async () => {
  const page = await opened(visit, "#v=1&scene=disc"),
    box = await page.locator(".canvas").boundingBox(),
    move = (x, y) => page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 }),
    logits = () => page.evaluate(() => [...globalThis.playground.canvas.logits].join()),
    before = await logits();
  await move(-0.1, 0.5);
  await page.mouse.down();
  await move(0.3, 0.1);
  await move(-0.1, 0.1);
  await page.mouse.up();
  assert.equal(await logits(), before, "a hand that comes from beside the canvas paints nothing");
  await move(0.1, 0.1);
  await page.mouse.down();
  await move(0.2, 0.1);
  await page.keyboard.press("2");
  await page.waitForSelector("main.figure");
  await page.mouse.up();
  await page.keyboard.press("1");
  await page.waitForSelector(".canvas");
  await stroke(page, [[0.9, 0.9]]);
  await page.waitForFunction(() => (location.hash.match(/edits=(.*)/)?.[1] ?? "").split("~").length === 2);
  assert.match(
    await page.evaluate(() => location.hash),
    /~p1\.9\.98\.[\w-]{3}$/,
    "it is not joined to the stroke before",
  );
  assert.deepEqual(visit.complaints(), []);
});

test("a hand that lifts asks for no frame: browsers would hold the losses' answer back until it is painted", async () => {
  const page = await opened(visit, "#v=1&scene=disc");
  // The first stroke enables what undoes it.
  await stroke(page, [[0.2, 0.2]]);
  await page.evaluate(() => {
    let lifting = false;
    globalThis.asked = [];
    addEventListener("pointerup", () => (lifting = true), true);
    addEventListener("click", () => (lifting = false), true);
    new MutationObserver((all) => {
      if (lifting) globalThis.asked.push(...all.map(({ target }) => target.parentNode.outerHTML));
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const frame = requestAnimationFrame;
    globalThis.requestAnimationFrame = (call) => {
      if (lifting) globalThis.asked.push("a callback");
      return frame(call);
    };
  });
  await stroke(page, [[0.4, 0.4]]);
  assert.deepEqual(await page.evaluate(() => globalThis.asked), []);
  assert.deepEqual(visit.complaints(), []);
});
