import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/equality.ts"],
    testTimeout: 60_000,
    // Lines of a difference: all of two lists of a million numbers would take minutes to compare and show.
    diff: { truncateThreshold: 2000 },
    maxWorkers: "100%",
    // A copy of the package for each file cost a fifth of the time; support files set up and tear down in functions.
    isolate: false,
  },
});
