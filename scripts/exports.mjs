// A transform of the AssemblyScript compiler: writes dist/kernels.d.ts and dist/kernels.js, what the compiler knows of
// the module's exports: their types, the names of their parameters, and where the fields of shared structures stand.
import { mkdirSync, writeFileSync } from "node:fs";
import { TSDBuilder } from "assemblyscript";

/** Structures in memory that both sides read and write. */
const shared = ["tile/frame/Frame", "overlap/row/Row", "math/axis/Axis", "losses/robustT/RobustT"];
/** Calls of more numbers are made by name: two that change places would be a wrong result, and no error. */
const MOST = 6;
const head = "// Written by the compiler from assembly/index.ts at each build (scripts/exports.mjs).\n";

/** Functions, globals and members of enums in the compiler's own declarations, which are of an object it would wrap. */
function exportsOf(adapted) {
  const functions = [...adapted.matchAll(/^ {2}export function (\w+)\((.*)\): (\w+);$/gm)].map(
    ([, name, list, result]) => ({
      name,
      list,
      parameters: [...list.matchAll(/(\w+):/g)].map(([, each]) => each),
      result,
    }),
  );
  const globals = [...adapted.matchAll(/^ {2}export const (\w+): \{$/gm)].map(([, name]) => name);
  const members = [...adapted.matchAll(/^ {2}export enum (\w+) \{\n(.*?)^ {2}\}/gms)].flatMap(([, name, body]) =>
    [...body.matchAll(/^ {4}(\w+),$/gm)].map(([, member]) => `"${name}.${member}"`),
  );
  return { functions, globals: [...globals, ...members] };
}

/** Bytes from a structure's start to its fields, and all its bytes. */
function structure(program, path) {
  const element = program.elementsByName.get(`assembly/${path}`);
  if (!element) throw new Error(`there is no structure assembly/${path}, which the binding reads`);
  const [found] = element.instances.values(),
    fields = [...found.members.values()].filter((member) => member.isField).map((member) => member.instance);
  return { bytes: found.nextMemoryOffset, ...Object.fromEntries(fields.map((each) => [each.name, each.memoryOffset])) };
}

const lines = (each) => each.map((line) => `  ${line};\n`).join("");
const union = (functions) => functions.map(({ name }) => `"${name}"`).join(" | ");

export default class {
  afterCompile() {
    const { functions, globals } = exportsOf(TSDBuilder.build(this.program, false)),
      isLong = ({ parameters }) => parameters.length > MOST,
      long = functions.filter(isLong),
      isBlock = ({ parameters, result }) => /^(from,to|first,last)$/.test(`${parameters}`) && result === "number";
    const structures = Object.fromEntries(
        shared.map((path) => [path.split("/").at(-1), structure(this.program, path)]),
      ),
      named = long.map(
        ({ name, parameters }) =>
          `  ${name}: (each) => exports.${name}(${parameters.map((one) => `each.${one}`).join(", ")}),\n`,
      );
    mkdirSync("dist", { recursive: true });
    writeFileSync(
      "dist/kernels.js",
      `${head}export const structures = ${JSON.stringify(structures)};\n` +
        `export const callsOf = (exports) => ({\n${named.join("")}});\n`,
    );
    writeFileSync(
      "dist/kernels.d.ts",
      `${head}
/** The module's memory, numbers and functions of up to ${MOST} numbers. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
${lines(globals.map((name) => `readonly ${name}: WebAssembly.Global`))}${lines(
  functions.filter((each) => !isLong(each)).map(({ name, list, result }) => `readonly ${name}: (${list}) => ${result}`),
)}}
/** Functions of more numbers, which are given by name. */
export interface Calls {
${lines(
  long.map(({ name, list, result }) => `readonly ${name}: (numbers: { ${list.replaceAll(",", ";")} }) => ${result}`),
)}}
/** Kernels of losses, which are told what to do. */
export type LossKernel = ${union(functions.filter(({ parameters }) => parameters[0] === "step"))};
/** Functions of some pixels of a tile. */
export type TileStep = ${union(functions.filter(isBlock))};
/** Where the fields of structures stand, in bytes. */
export declare const structures: {
${lines(
  Object.entries(structures).map(
    ([name, fields]) =>
      `readonly ${name}: { ${Object.keys(fields)
        .map((field) => `readonly ${field}: number`)
        .join("; ")} }`,
  ),
)}};
/** Calls of a module's functions. */
export declare const callsOf: (exports: object) => Calls;
`,
    );
  }
}
