interface Builtins {
  readonly "node:fs": typeof import("node:fs");
  readonly "node:os": typeof import("node:os");
  readonly "node:worker_threads": typeof import("node:worker_threads");
}

/** The parts of Node's `process` that are used where there is one; types of Node are not asked of other runtimes. */
interface Host {
  readonly process?: { getBuiltinModule?<N extends keyof Builtins>(name: N): Builtins[N] | undefined };
}

/** A module of Node (or of what stands in for it) at once, and without an import that bundlers would follow. */
export const builtin = <N extends keyof Builtins>(name: N): Builtins[N] | undefined =>
  (globalThis as Host).process?.getBuiltinModule?.(name);
