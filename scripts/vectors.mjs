// Writes test/vectors/NAME (or FOLDER/NAME) from the float64 reference that test/reference/NAME.ts exports as NAME:
//   npm run vectors -- NAME [FOLDER] [--force]
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const known = readdirSync(`${root}/test/reference`)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3))
  .filter((name) =>
    readFileSync(`${root}/test/reference/${name}.ts`, "utf8").includes(`export const ${name}: Reference`),
  );
try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { force: { type: "boolean" } } });
  const [name, folder = `${root}/test/vectors`] = positionals;
  if (!known.includes(name)) {
    const what = name === undefined ? "which loss?" : `no test/reference/${name}.ts exports ${name}: Reference.`;
    throw new Error(`${what} References that can write vectors: ${known.join(", ")}`);
  }
  const file = resolve(folder, name, `${name}.json`);
  if (existsSync(file) && !values.force) throw new Error(`${file} is there already; --force replaces it`);
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    stdin: {
      contents: `export { ${name} as reference } from "./reference/${name}";
        export { writeVectors } from "./support/writeVectors";`,
      resolveDir: `${root}/test`,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  const { reference, writeVectors } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
  );
  console.log(`${writeVectors(name, reference, folder)} cases in ${resolve(folder, name)}`);
} catch (error) {
  console.error(`vectors: ${error.message}`);
  process.exitCode = 1;
}
