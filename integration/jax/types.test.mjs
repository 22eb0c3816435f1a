// The types of segloss take those of the real packages.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

test("use.ts compiles", () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [path("../../node_modules/typescript/bin/tsc"), "-p", path(".")],
    { encoding: "utf8" },
  );
  assert.equal(stdout, "");
  assert.equal(status, 0);
});
