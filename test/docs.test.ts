import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../dist/index.js";
import { seg } from "./support/library";
import { pageFiles } from "./support/pageFiles";

const root = fileURLToPath(new URL("..", import.meta.url)),
  read = (file: string) => readFileSync(join(root, file), "utf8");
const pages = [
  "README.md",
  ...(readdirSync(join(root, "docs"), { recursive: true }) as string[])
    .filter((file) => file.endsWith(".md"))
    .map((file) => posix.join("docs", file.replaceAll("\\", "/"))),
];

/** Code blocks of all pages; those that need another library are run beside it, by the tests of integration/. */
const blocks = pages.flatMap((page) =>
  [...read(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code], i) => ({
    name: `${page} ${i + 1}`,
    language,
    code,
  })),
);
const code = blocks.filter(({ language, code }) => /^[jt]s$/.test(language) && !/@jax-js|@tensorflow/.test(code));
// Within the repository, so that the package is found by its name.
const folder = join(root, "build/docs-code"),
  fileOf = (name: string) => `${name.replace(/\W+/g, "-")}.mts`;

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const each of code) {
    writeFileSync(join(folder, fileOf(each.name)), each.code);
    const { outputText } = ts.transpileModule(each.code, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(join(folder, fileOf(each.name).replace(".mts", ".mjs")), outputText);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every page has code, apart from those that are lists", () => {
  const without = pages.filter((page) => !blocks.some(({ name }) => name.startsWith(`${page} `)));
  expect(without).toEqual(["docs/evidence.md", "docs/index.md", "docs/speed.md"]);
});

describe("code of the pages", () => {
  test.each(code)("$name runs and prints", ({ name }) => {
    const run = spawnSync(process.execPath, [join(folder, fileOf(name).replace(".mts", ".mjs"))], { encoding: "utf8" });
    expect(`${run.status} ${run.stderr}`).toBe("0 ");
    expect(run.stdout).not.toMatch(/^\s*$|NaN|undefined/);
  });

  test.each([true, false])("has the types that it needs (strict: %s)", (strict) => {
    const program = ts.createProgram(
      code.map(({ name }) => join(folder, fileOf(name))),
      {
        ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, strict, noEmit: true },
        ...{ moduleResolution: ts.ModuleResolutionKind.Bundler, skipLibCheck: true, types: ["node"] },
        useUnknownInCatchVariables: false, // the blocks are JavaScript as well
        typeRoots: [join(root, "node_modules/@types")],
      },
    );
    const found = ts.getPreEmitDiagnostics(program);
    expect(
      found.map(({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`),
    ).toEqual([]);
  });
});

describe("command lines of the pages", () => {
  const lines = blocks.filter(({ language }) => language === "sh").flatMap((block) => block.code.trim().split("\n")),
    files = mkdtempSync(join(tmpdir(), "segloss-pages-"));
  beforeAll(() => pageFiles(root, files));
  afterAll(() => rmSync(files, { recursive: true, force: true }));

  test.each(lines.filter((line) => line.startsWith("npx segloss")))("%s", (line) => {
    const command = line.replace("npx segloss", `"${process.execPath}" "${join(root, "dist/cli.js")}"`),
      { status, stdout, stderr } = spawnSync(command, { shell: true, cwd: files, encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(stdout.length).toBeGreaterThan(100);
  });

  test("the others are npm's, of scripts that there are", () => {
    const { scripts } = JSON.parse(read("package.json"));
    for (const line of lines.filter((each) => !each.startsWith("npx segloss"))) {
      expect(line).toMatch(/^npm ci && npm \w+ /);
      expect(scripts).toHaveProperty((line.match(/&& npm (\w+)/) as RegExpMatchArray)[1]);
    }
  });
});

describe("the pages", () => {
  test("README.md has at most 6 KB, and every loss", () => {
    expect(read("README.md").length).toBeLessThanOrEqual(6_000);
    for (const { name } of catalog) expect(read("README.md")).toContain(`[${name}](docs/losses/${name}.md)`);
  });

  test.each(catalog)("$name has a page with its formula, options, picture and source", (loss) => {
    const page = read(`docs/losses/${loss.name}.md`);
    expect(page).toMatch(/\n\$\$\n.+/);
    expect(page).toContain(loss.reference.url);
    expect(loss.reference.url).toMatch(/^https:\/\/(arxiv\.org\/abs\/\d{4}\.\d{4,5}|doi\.org\/10\.\d{4,}\/\S+[^.])$/);
    expect(read(`docs/losses/${loss.name}.svg`)).toContain("<polyline");
    for (const option of Object.keys(loss.options)) expect(page).toContain(`| \`${option}\` |`);
    const symbols = page.split("## When")[0].split("## Formula")[1];
    for (const [, option] of symbols.matchAll(/: option `(\w+)`/g)) expect(loss.options).toHaveProperty(option);
  });

  test("centerlineDice's page says from which width on objects count for nothing", () => {
    expect(read("docs/losses/centerlineDice.md")).toContain("wider than 2 (`iterations` + 1) pixels");
    const pred = { data: new Float32Array(24 * 24), shape: [1, 1, 24, 24] };
    for (const iterations of [0, 1, 3]) {
      const missed = (side: number) => {
        const data = new Uint8Array(24 * 24).map((_, i) => Number(Math.max(i % 24, Math.floor(i / 24)) - 4 < side));
        for (let i = 0; i < data.length; i++) if (Math.min(i % 24, Math.floor(i / 24)) < 4) data[i] = 0;
        const loss = seg.centerlineDice({ activation: "none", iterations });
        return loss.value(pred, { data, shape: [1, 24, 24] });
      };
      expect(missed(2 * (iterations + 1))).toBeGreaterThan(0.3);
      expect(missed(2 * (iterations + 1) + 1)).toBe(0);
    }
  });

  test("docs/errors.md has every code", () => {
    const [, union] = read("src/errors.ts").match(/SegLossErrorCode =([^;]+);/) as RegExpMatchArray;
    for (const [, name] of union.matchAll(/"(\w+)"/g)) expect(read("docs/errors.md")).toContain(`| \`${name}\` |`);
  });

  test.each(pages)("%s: its links within the repository lead somewhere", (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]+)[^)]*\)/g)].map(([, link]) => link);
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });
});

test("npm run evidence tells its options before it trains", () => {
  const { stdout, status } = spawnSync(process.execPath, [join(root, "bench/evidence/evidence.mjs"), "--help"], {
    encoding: "utf8",
  });
  expect(status).toBe(0);
  for (const option of ["losses", "sets", "seeds", "steps", "processes", "results", "help"])
    expect(stdout).toMatch(new RegExp(`--${option}\\b`));
});
