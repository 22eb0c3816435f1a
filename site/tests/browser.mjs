import { chromium } from "playwright-core";
import { serve } from "../server.mjs";

/** A browser at the built site: pages by path, and what was wrong on any of them. */
export async function open(folder) {
  const { server, address } = await serve(folder),
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"],
    }),
    complaints = [];
  let current;
  return {
    address,
    /** What was written as an error, thrown, missing, or asked of another server. */
    complaints: () => complaints.splice(0),
    async page(path, viewport = { width: 1280, height: 800 }, more = {}) {
      await current?.close();
      current = await browser.newPage({ viewport, reducedMotion: "reduce", ...more });
      current.setDefaultTimeout(30_000);
      current.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
      });
      current.on("pageerror", (error) => complaints.push(error.message));
      current.on("request", (request) => {
        const url = request.url();
        if (!url.startsWith(address) && !/^(data|blob):/.test(url)) complaints.push(`asked for ${url}`);
      });
      current.on("response", (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
      });
      await current.goto(address + path);
      return current;
    },
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
