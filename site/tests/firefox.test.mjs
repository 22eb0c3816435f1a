// The playground in Firefox, which drives itself (drive.js): the numbers are those of Node there, too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { catalog } from "../../dist/index.js";
import { startFirefox } from "../../runtimes/firefox.mjs";
import { serve } from "../server.mjs";
import { check, shown } from "./pixels.mjs";

const file = (name) => readFileSync(new URL(name, import.meta.url), "utf8");

/** The site, its playground with our script in front, and what that reports. */
async function reporting() {
  const { server, address } = await serve("build/site"),
    [serveFile] = server.listeners("request"),
    waiting = [],
    reports = [];
  server.removeAllListeners("request");
  const scripts = { "/drive.js": file("drive.js"), "/shown.js": `export ${shown}` };
  server.on("request", async (request, answer) => {
    const { pathname } = new URL(request.url, address);
    if (pathname === "/report") {
      const parts = [];
      for await (const part of request) parts.push(part);
      reports.push(JSON.parse(Buffer.concat(parts).toString()));
      waiting.shift()?.();
      answer.end();
    } else if (scripts[pathname]) answer.writeHead(200, { "content-type": "text/javascript" }).end(scripts[pathname]);
    else if (pathname === "/playground/index.html") {
      const page = readFileSync("build/site/playground/index.html", "utf8");
      answer.writeHead(200, { "content-type": "text/html" });
      answer.end(page.replace("<head>", '<head><script src="/drive.js"></script>'));
    } else serveFile(request, answer);
  });
  return {
    address,
    async next() {
      if (reports.length === 0) await new Promise((resolve) => waiting.push(resolve));
      return reports.shift();
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

test("in Firefox a stroke gives the numbers of Node, to the bit, and its link the same view", async () => {
  const site = await reporting(),
    firefox = await startFirefox(process.env.FIREFOX ?? "/usr/bin/firefox-esr"),
    page = await firefox.open(`${site.address}playground/index.html#v=1&scene=disc`);
  try {
    const { before, after, tiles } = await site.next();
    check(before);
    assert.notDeepEqual(after.logits, before.logits, "painted");
    check(after);
    assert.ok(tiles >= catalog.length, `${tiles} tiles`);
    const { again, complaints } = await site.next();
    assert.equal(again.logits, after.logits, "the link restores the pixels");
    check(again);
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
    site.close();
  }
});
