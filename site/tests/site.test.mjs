// The built site: its links lead somewhere, and nothing is asked of any other server.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { after, before, test } from "node:test";
import { catalog } from "../../dist/index.js";
import { open } from "./browser.mjs";

const site = "build/site";
const files = readdirSync(site, { recursive: true })
  .map((file) => join(site, file))
  .filter((file) => statSync(file).isFile());
const pages = files.filter((file) => file.endsWith(".html")),
  html = new Map(pages.map((file) => [file, readFileSync(file, "utf8")]));
const attributes = (text, name) =>
  [...text.matchAll(new RegExp(`<(\\w+)[^>]*?\\s${name}="([^"]*)"`, "g"))].map(([, tag, value]) => ({
    tag,
    value: value.replaceAll("&amp;", "&"),
  }));

test("every link of every page leads to a file, and to a heading where it names one", () => {
  const broken = [];
  for (const [file, text] of html) {
    for (const { value } of [...attributes(text, "href"), ...attributes(text, "src")]) {
      if (/^(https?:|data:|mailto:)/.test(value)) continue;
      const [path, hash] = value.split("#"),
        to = path === "" ? file : path.startsWith("/") ? join(site, path) : join(dirname(file), path),
        found = to.endsWith("/") ? join(to, "index.html") : to;
      // Files of the repository, which the pages name, are not part of the site.
      if (/examples\//.test(value)) continue;
      if (!existsSync(found)) broken.push(`${relative(site, file)}: ${value}`);
      // The playground's hash is a view, not a heading.
      else if (hash?.startsWith("v=")) {
        if (!catalog.some(({ name }) => name === new URLSearchParams(hash).get("pin")))
          broken.push(`${relative(site, file)}: ${value} (no such loss)`);
      } else if (hash && html.has(found) && !html.get(found).includes(`id="${decodeURIComponent(hash)}"`))
        broken.push(`${relative(site, file)}: ${value} (no such heading)`);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(html.size > catalog.length, "a page for each loss, and others");
});

test("no page loads anything from elsewhere", () => {
  const foreign = [];
  for (const [file, text] of html) {
    for (const { value } of attributes(text, "src"))
      if (/^(https?:)?\/\//.test(value)) foreign.push(`${file}: ${value}`);
    for (const { tag, value } of attributes(text, "href"))
      if (tag === "link" && /^(https?:)?\/\//.test(value)) foreign.push(`${file}: ${value}`);
  }
  for (const file of files.filter((each) => each.endsWith(".css")))
    for (const [url] of readFileSync(file, "utf8").matchAll(/(url\(|@import\s+)["']?(https?:)?\/\/[^)]*/g))
      foreign.push(`${file}: ${url}`);
  assert.deepEqual(foreign, []);
});

let visit;
before(async () => {
  visit = await open(site);
});
after(() => visit?.close());

test("every loss is named on the first page, and has a page with its formula and picture", async () => {
  const page = await visit.page("index.html");
  const text = await page.textContent("main, .VPContent");
  for (const { name } of catalog) assert.ok(text.includes(name), `${name} on the first page`);
  const picture = await visit.page("losses/dice.html");
  await picture.waitForSelector("mjx-container");
  assert.ok(
    await picture.evaluate(() => [...document.images].every((image) => image.naturalWidth > 0)),
    "pictures load",
  );
  assert.match(await picture.getAttribute(".vp-doc a[href*=playground]", "href"), /pin=dice$/);
  assert.deepEqual(visit.complaints(), []);
});

test("the search finds a loss", async () => {
  const page = await visit.page("index.html");
  await page.click(".DocSearch-Button");
  await page.fill("input.search-input", "lovasz");
  await page.waitForSelector(".results .result");
  assert.match(await page.textContent(".results"), /ovász/);
  assert.deepEqual(visit.complaints(), []);
});

/** What sticks out of a phone's page and cannot be scrolled to by itself; runs in the page. */
function outside() {
  const scrolls = (element) => /auto|scroll|hidden/.test(getComputedStyle(element).overflowX);
  const within = (element) => {
    for (let at = element; at && at !== document.body; at = at.parentElement) if (scrolls(at)) return true;
    return false;
  };
  return [...document.querySelectorAll(".vp-doc *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !within(each))
    .map(({ tagName, textContent }) => `${tagName} ${textContent.slice(0, 40)}`);
}

test("every page fits a phone: wide formulas, tables and pictures scroll by themselves, and can be read", async () => {
  const bad = [];
  for (const file of pages.map((each) => relative(site, each)).filter((each) => !/^(404|playground)/.test(each))) {
    const page = await visit.page(file, { width: 390, height: 844 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 390) bad.push(`${file} is ${width} px wide`);
    bad.push(...(await page.evaluate(outside)).map((each) => `${file}: ${each}`));
    // The pictures' letters are 12 of 660 wide.
    const letters = await page.$$eval(".vp-doc img", (all) => all.map(({ clientWidth }) => (12 * clientWidth) / 660));
    if (letters.some((size) => size < 10)) bad.push(`${file}: letters of ${Math.min(...letters).toFixed(1)} px`);
  }
  assert.deepEqual(bad, []);
  assert.deepEqual(visit.complaints(), []);
});
