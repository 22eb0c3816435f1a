import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/equality.ts"],
    testTimeout: 60_000,
    maxWorkers: "100%",
  },
});
