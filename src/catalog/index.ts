import { componentWise } from "./componentWise.js";
import type { OptionsOf } from "./declaration.js";
import { deepSupervision } from "./deepSupervision.js";
import { plain } from "./plain.js";

/** Every loss; those of another loss come last. */
export const catalog = [...plain, componentWise, deepSupervision] as const;

type Entry = (typeof catalog)[number];
export type LossName = Entry["name"];
/** The options of each loss, by its name. */
export type LossOptions = { [E in Entry as E["name"]]: OptionsOf<E> };
