// The playground as static files: page, worker, and the data it fetches from beside itself.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { decode } from "fast-png";

const here = fileURLToPath(new URL(".", import.meta.url)),
  root = fileURLToPath(new URL("../..", import.meta.url));

/** The numbers of a .npy file, after its header. */
function numbers(file) {
  const bytes = readFileSync(file);
  return bytes.subarray(10 + bytes.readUInt16LE(8));
}
const grey = (file) => decode(readFileSync(file)).data;

export async function buildPlayground(to) {
  mkdirSync(`${to}/data`, { recursive: true });
  const common = {
    outdir: to,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    alias: { "segloss/masks": `${root}dist/masks.js`, segloss: `${root}dist/index.js` },
    legalComments: "none",
    // Warnings are of imports between our own chunks that bring nothing.
    logLevel: "error",
  };
  await build({
    ...common,
    entryPoints: { style: `${here}style.css`, main: `${here}main.tsx`, worker: `${here}worker.ts` },
  });
  // Each format's reader comes with its first file.
  await build({
    ...common,
    entryPoints: { files: `${here}own/files.ts` },
    splitting: true,
    chunkNames: "files-[name]-[hash]",
  });
  for (const file of ["index.html", "icon.svg"]) copyFileSync(`${here}${file}`, `${to}/${file}`);
  copyFileSync(`${root}dist/inverse-form.bin`, `${to}/inverse-form.bin`);
  const nuclei = `${root}data/nuclei`;
  writeFileSync(`${to}/data/nuclei-image`, grey(`${nuclei}/images/test-00.png`));
  writeFileSync(
    `${to}/data/nuclei-mask`,
    grey(`${nuclei}/masks/test-00.png`).map((value) => (value > 127 ? 1 : 0)),
  );
  for (const stage of ["early", "middle", "late"])
    writeFileSync(`${to}/data/nuclei-${stage}`, numbers(`${nuclei}/${stage}/test-00.npy`));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPlayground(`${root}build/site/playground`);
