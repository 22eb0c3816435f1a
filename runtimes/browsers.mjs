import { chromium } from "playwright-core";

// A browser of a closed machine: no sandbox (it may run as root), no requests of its own.
const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function startChromium(executablePath) {
  const browser = await chromium.launch({ executablePath, args: quiet });
  return {
    async open(url) {
      const page = await browser.newPage();
      page.on("pageerror", (error) => console.error(`  page: ${error.message}`));
      await page.goto(url);
      return {
        close: () => page.close(),
        output: async () => {
          await page.waitForFunction("document.querySelector('output').textContent !== ''");
          return page.textContent("output");
        },
      };
    },
    stop: () => browser.close(),
  };
}
