import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/equality.ts"],
    testTimeout: 60_000,
    maxWorkers: "100%",
    // A copy of the package for each file cost a fifth of the time; support files set up and tear down in functions.
    isolate: false,
  },
});
