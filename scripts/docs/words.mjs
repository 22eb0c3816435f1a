// What the catalogs and the comments beside their declarations say, in the forms that hovers and pages need.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** The built package, also where it was built a moment ago. */
export const library = (name = "index") => import(pathToFileURL(`dist/${name}.js`).href);

const { outputFiles } = await build({
  entryPoints: ["src/options/options.ts"],
  bundle: true,
  format: "esm",
  write: false,
});
/** What an option accepts, in the words of its error. */
const { accepts } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);

/** The lines of the comment before `start` in a file, without its stars. */
function commentBefore(file, start) {
  const text = readFileSync(file, "utf8"),
    at = text.indexOf(start),
    [, comment] = text.slice(0, at).match(/\/\*\*\n((?: \*.*\n)+) \*\/\n$/) ?? [];
  if (at < 0 || !comment) throw new Error(`${file} has no comment before ${start}`);
  return comment.replace(/^ \* ?/gm, "").trimEnd();
}

/** "- $symbol$: meaning" as pairs. */
const legend = (comment) =>
  [...comment.replace(/\n {2,}/g, " ").matchAll(/^- \$(.+?)\$: (.*)$/gm)].map(([, symbol, meaning]) => [
    symbol,
    meaning,
  ]);

const common = legend(commentBefore("src/catalog/declaration.ts", "export interface Declaration<"));
const has = (tex, symbol) =>
  new RegExp(`(?<![\\\\A-Za-z'])${symbol.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}(?![A-Za-z_])`).test(tex);

/** A loss's formula in TeX, its symbols, and what the survey prints instead. */
export function formulaOf(name) {
  const comment = commentBefore(`src/catalog/${name}.ts`, `export const ${name} = declare({`),
    [, tex] = comment.match(/\$\$\n([\s\S]*?)\n\$\$/) ?? [],
    [, survey] = comment.replaceAll("\n", " ").match(/Beside the survey: (.*)$/) ?? [];
  if (!tex || !survey) throw new Error(`${name}: its comment lacks the formula, or "Beside the survey:"`);
  const own = legend(comment),
    open = common.filter(([symbol]) => !own.some(([each]) => each === symbol)),
    direct = open.filter(([symbol]) => has(tex, symbol)),
    texts = [tex, ...direct.map(([, meaning]) => meaning), ...own.map(([, meaning]) => meaning)].join(" ");
  return { tex, symbols: [...open.filter(([symbol]) => has(texts, symbol)), ...own], survey };
}

/** Text of a symbol or a meaning where TeX is not set. */
export const plain = (tex) =>
  tex
    .replaceAll("$", "")
    .replace(/\\mathrm\{(\w+)\}/g, "$1")
    .replace(/\\math(cal|bb)\{(\w+)\}/g, "$2")
    .replace(/\\overline\{(\w+)\}/g, "mean $1")
    .replace(/\\(sum|alpha|beta|gamma|delta|lambda|rho|nu|phi|sigma|theta|tau)/gi, "$1")
    .replace(/\\([,;!]) ?/g, " ")
    .replace(/\\/g, "")
    .replace(/\{(.*?)\}/g, "$1");

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** The default of an option as one writes it, or what stands for it. */
export function defaultOf(option) {
  if (option.default === null || option.default === undefined) return "off";
  if (option.type === "number" && typeof option.default === "string") return `that of ${option.default}`;
  return typeof option.default === "number" ? String(option.default) : JSON.stringify(option.default);
}

/** When an option acts, where that depends on another. */
const condition = ({ when = {} }) =>
  Object.entries(when)
    .map(([other, values]) => `only with ${other} ${values.map((value) => JSON.stringify(value)).join(" or ")}`)
    .join(", ");

/** An option in sentences. */
export function sentences(option) {
  const when = condition(option),
    range = ["boolean", "choice"].includes(option.type) ? "" : accepts(option), // else the type says it
    limits = [range, when].filter(Boolean).join("; ");
  return [`${capital(option.meaning)}.`, limits && `${capital(limits)}.`, `Default: ${defaultOf(option)}.`].filter(
    Boolean,
  );
}

/** The type of an option as TypeScript has it. */
export function typeOf(option) {
  const off = option.default === null || option.orNull ? " | null" : "";
  switch (option.type) {
    case "number":
      return `number${off}`;
    case "boolean":
      return `boolean${off}`;
    case "choice":
      return option.values.map((value) => JSON.stringify(value)).join(" | ") + off;
    case "numbers":
    case "labels":
      if (option.word) return `${JSON.stringify(option.word)} | readonly number[]`;
      return option.single ? "number | readonly number[] | null" : `readonly number[]${off}`;
    case "matrix":
      return "readonly (readonly number[])[] | null";
    case "options":
      return "Readonly<Record<string, unknown>> | null";
    case "cases":
      return `{ ${["target", "pred", "both"]
        .map((name) => `readonly ${name}?: number | "diagonal"`)
        .join("; ")} } | null`;
    default:
      throw new Error(`options of type ${option.type} have no words yet`);
  }
}

/** What a loss asks for beyond logits and a target, in words. */
export function needs({ needs: n, extras, prepares, encode }) {
  return [
    n.planar && (n.planar === true ? "2-D images" : `2-D images, or others with \`${n.planar}\``),
    n.labels && "integer labels",
    n.hard && "hard targets: labels, or 0 and 1",
    n.categorical && "competing classes: not sigmoid",
    n.several && "two channels or more",
    encode && "object ids as labels",
    prepares && "a map of the target, which `prepare` keeps",
    extras.length > 0 && `may take the extra inputs ${extras.map((name) => `\`${name}\``).join(", ")}`,
  ].filter(Boolean);
}
/** What else the field calls a loss or metric, in words. */
export const alsoCalled = ({ also = [], how = {} }) => {
  const said = also.map((name) => `\`${name}\`${name in how ? ` ${how[name]}` : ""}`);
  return also.length > 0 ? ` Also called ${said.join(", ")}.` : "";
};

const divided = 'the mean divides by the weights of its pixels in place of their number, `reduction: "sum"` by nothing',
  ratio = "they count in every sum over pixels, so that twice the weights give the same ratio (but for `smooth`)",
  weighed = {
    mean: divided,
    ratio: `${ratio}; means over classes and samples are not weighed`,
    sum:
      "each pixel counts as often as its weight says, and nothing divides by their sum: twice the weights give about " +
      "twice the value",
    ranked:
      "pixels are ranked by their loss times their weight, a share of their number is kept, and the mean divides by " +
      "the sum of the kept pixels' weights",
    kept: "pixels are ranked by their loss alone, and the mean divides by the sum of the kept pixels' weights",
    errors:
      "pixels are ranked by their error alone, and count by their weight in the Jaccard index: twice the weights " +
      "give the same value",
    parts: `in the part over pixels ${divided}; in the ratio ${ratio}`,
    wrapped: "as in the loss that option `loss` names",
  };

/** Which of what losses share it takes, in words. */
export function inputsOf({ needs: n, unweighted, weighing }) {
  return [
    n.activation && `logits of activation "${n.activation}" alone`,
    unweighted
      ? `no weights of pixels: ${unweighted}`
      : `weights of pixels: the extra input \`pixelWeights\` [B, ...spatial], where 0 ignores a pixel; ${
          weighed[weighing]
        }`,
  ].filter(Boolean);
}

/** Of a preset that evaluates another one, the argument that names it, with Dice for it. */
export const innerOf = ({ arguments: declared }) =>
  "loss" in declared
    ? { loss: { name: "monai.DiceLoss", softmax: true } }
    : "criterion" in declared
      ? { criterion: { name: "monai.DiceLoss" } }
      : {};
/**
 * The terms of a preset at its defaults (softmax, three classes). `divided`: by how many numbers a pixel, where the
 * preset makes a mean of a sum.
 */
export function recipeOf({ arguments: declared, recipe }) {
  // That of components has one channel.
  const inner = innerOf({ arguments: declared }),
    classes = "criterion" in inner ? 1 : 3;
  const made = recipe({
    ...Object.fromEntries(
      Object.entries(declared).map(([name, option]) => [name, option.default ?? inner[name] ?? null]),
    ),
    ...("softmax" in declared ? { softmax: true } : {}),
  });
  if (typeof made !== "function") return made;
  const [some, other] = [7, 11].map((pixels) => made({ batch: 1, classes, pixels, scales: 3 }));
  const terms = some.terms.map((term, i) => ({
    ...term,
    divided: term.weight !== other.terms[i].weight ? Math.round(1 / (term.weight * 7)) : undefined,
  }));
  return { ...some, terms };
}
const shown = (value) => {
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  return value !== null && typeof value === "object" && !Array.isArray(value) ? literal(value) : JSON.stringify(value);
};
export function literal(options) {
  const given = Object.entries(options).filter(([, value]) => value !== null && value !== undefined);
  return given.length > 0 ? `{ ${given.map(([name, value]) => `${name}: ${shown(value)}`).join(", ")} }` : "";
}
/** The same as a sum of calls. */
export function becomes(preset) {
  const { terms, offset } = recipeOf(preset);
  return (
    terms
      .map(
        ({ loss, options, weight, divided }) =>
          (weight === undefined || weight === 1 || divided ? "" : `${Number(weight.toPrecision(4))} `) +
          `${loss}(${literal(options)})${divided ? ` / B ${divided === 1 ? "" : "C "}N` : ""}`,
      )
      .join(" + ") + (offset ? ` - ${-offset}` : "")
  );
}

/** What a metric preset must be given before it says what it is. */
const needed = { class_thresholds: [1, 1] };
/** The metric that another library's is, at its defaults, of scores of three classes. */
export function metricBecomes({ arguments: declared, recipe }) {
  const { metric, options } = recipe(
    Object.fromEntries(
      Object.entries(declared).map(([name, { default: value }]) => [name, value ?? needed[name] ?? null]),
    ),
    { channels: 3, axes: 2 },
  );
  return `${metric}(${literal(options)})`;
}
