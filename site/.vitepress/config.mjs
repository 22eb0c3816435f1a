import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const root = fileURLToPath(new URL("../..", import.meta.url)),
  page = (file) => readFileSync(`${root}docs/${file}.md`, "utf8");
// Works from any folder of any server.
const base = process.env.SITE_BASE ?? "/";
/** The losses by level, from the generated part of docs/index.md. */
const levels = page("index")
  .split("<!-- end: index -->")[0]
  .split("### ")
  .slice(1)
  .map((part) => ({
    text: part.split("\n")[0],
    collapsed: false,
    items: [...part.matchAll(/^- \[(\w+)\]/gm)].map(([, name]) => ({ text: name, link: `/losses/${name}` })),
  }));
const named = (names) => names.map((name) => ({ text: page(name).match(/^# (.*)$/m)[1], link: `/${name}` }));

export default defineConfig({
  title: "segloss",
  description: "Losses of image segmentation, value and gradient, for every JavaScript runtime",
  srcDir: "pages", // a copy of docs/, so that what its pages import is found
  outDir: "../build/site",
  cacheDir: "../build/site-cache",
  base,
  cleanUrls: false,
  head: [["link", { rel: "icon", href: `${base}playground/icon.svg` }]],
  markdown: {
    math: true,
    // Only here: docs/ is read without the playground, too.
    config(md) {
      md.core.ruler.push("playground", ({ env, tokens, Token }) => {
        const [, name] = env.relativePath?.match(/^losses\/(\w+)\.md$/) ?? [],
          at = tokens.findIndex(({ type }) => type === "heading_close");
        if (!name || at < 0) return;
        const link = new Token("html_block", "", 0);
        link.content =
          `<p><a href="${base}playground/index.html#v=1&amp;scene=disc&amp;pin=${name}" target="_self">Open in ` +
          "the playground</a></p>\n";
        tokens.splice(at + 1, 0, link);
      });
    },
  },
  // Pages link to files of the repository, too, which are not part of the site.
  ignoreDeadLinks: [/\/examples\//, /\/playground\//],
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      // Not a page of this generator, but files beside its own.
      { text: "Playground", link: "/playground/index.html", target: "_self", noIcon: true },
      { text: "Recipes", link: "/recipes" },
      { text: "Metrics", link: "/metrics" },
      { text: "Speed", link: "/speed" },
      { text: "Evidence", link: "/evidence" },
    ],
    sidebar: [
      ...levels,
      { text: "Beside losses", items: named(["metrics", "utilities", "errors", "tensors", "masks"]) },
      { text: "Where it runs", items: named(["workers", "tensorflow", "jax", "runtimes", "cli"]) },
      { text: "To know", items: named(["recipes", "libraries", "migration", "speed", "evidence", "api"]) },
    ],
  },
});
