import type { Declaration } from "../catalog/declaration.js";
import { catalog } from "../catalog/index.js";
import { metricCatalog } from "../metrics/catalog.js";
import type { Named, OtherDoor } from "../options/suggestion.js";
import { presets } from "../presets/index.js";
import { pixelWeights } from "../tensors/extras.js";

const losses = catalog as readonly Declaration[];

/** Metrics, for those who ask for one among the losses. */
export const metricsElsewhere: OtherDoor = {
  known: metricCatalog,
  says: (name, how) => `the metric: seg.metrics.${name}(pred, target)${how}`,
};

/** A call of a loss with an extra input. */
const called = (loss: string, input: string) => `${loss}.valueAndGrad(pred, target, { ${input} })`;

/** The inputs of other losses' calls. */
export const othersInputs = (extras: readonly string[]): OtherDoor => ({
  known: [...new Set<string>(losses.flatMap((each) => each.extras))]
    .filter((name) => !extras.includes(name))
    .map((name) => ({ name })),
  says(name) {
    const [of] = losses.filter((each) => (each.extras as readonly string[]).includes(name));
    return `the input of another loss's call: ${called(`seg.${of.name}()`, name)}`;
  },
});

/** The inputs of calls, for those who give one as an option. */
export function inputsElsewhere({ extras, unweighted }: Pick<Declaration, "extras" | "unweighted">): OtherDoor[] {
  const own = [{ name: "out" }, ...(unweighted ? [] : [pixelWeights]), ...extras.map((name) => ({ name }))];
  return [
    { known: own, says: (name, how) => `the input of the call: ${called("loss", name)}${how}` },
    ...(unweighted ? [weightless(unweighted)] : []),
    othersInputs(extras),
  ];
}

/** How calls of a pool are made, for those who tell others. */
export const poolsElsewhere: OtherDoor = {
  known: [
    { name: "signal", also: ["timeout", "abort", "abortSignal"], how: { timeout: "with AbortSignal.timeout(ms)" } },
    { name: "transfer", also: ["transferList"] },
  ],
  says: (name, how) => `what the calls of a pool take: pool.dice().value(pred, target, { ${name} })${how}`,
};

/** Tensors, for those who give them where a loss is made. */
export const tensorsGiven = (loss: string) => [
  {
    name: "data",
    also: ["shape", "dims"],
    why: `; tensors are what its calls take: seg.${loss}().valueAndGrad(pred, target)`,
  },
];

/** Weights of pixels, for those who give them to a loss that takes none. */
export const weightless = (why: string): OtherDoor => ({
  known: [pixelWeights],
  says: () => `ignoreIndex, which leaves pixels out (it takes no weights of pixels: ${why})`,
});

const named = ({ options }: Pick<Declaration, "options">): Named[] =>
  Object.entries(options).map(([name, { also }]) => ({ name, also }));

/** What of the tensors presets are told in their third argument. */
const toldOfTensors = ["layout", "ignoreIndex", "spatialDims", "activation"] as const;

/** What of the tensors a preset is told, for those who give it among the library's arguments. */
export const tensorsElsewhere = (preset: string): OtherDoor => ({
  known: toldOfTensors.map((name) => ({ name })),
  says: (name) => `what is said of the tensors: seg.preset("${preset}", {}, { ${name} })`,
});

/** The options of what is evaluated, for those who give one with the call. */
export function optionsElsewhere(loss: string, parts: readonly { readonly declaration: Declaration }[]): OtherDoor[] {
  const preset = presets.find((each) => each.name === loss);
  if (preset)
    return [
      {
        known: named({ options: preset.arguments }),
        says: (name) => `the argument: seg.preset("${loss}", { ${name} })`,
      },
      tensorsElsewhere(loss),
    ];
  const declared = [...new Set(parts.map(({ declaration }) => declaration))],
    asked = new Map(declared.flatMap(named).map((each) => [each.name, each]));
  return [
    {
      known: [...asked.values()],
      says: (option) =>
        `the option: ${declared
          .filter(({ options }) => Object.hasOwn(options, option))
          .map(({ name }) => `seg.${name}({ ${option} })`)
          .join(" and ")}`,
    },
  ];
}
