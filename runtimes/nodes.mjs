import { join } from "node:path";

/** Other versions of Node, on the platforms that npm has a package of: names and paths. */
export const otherNodes = (modules) =>
  ["node22", "node24", "node26"].map((name) => [name, join(modules, name, "bin/node")]);
