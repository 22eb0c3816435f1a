import type { Command } from "commander";
import type { list } from "./listing";

export function addList(program: Command): void {
  program
    .command("list")
    .description("the losses, or the metrics; with a name, its options")
    .argument("[name]", "a loss or metric: show its options with meaning, default and range")
    .option("--metrics", "the metrics in place of the losses")
    .option("--presets", "those of other libraries, for compare --loss and, with --metrics, score --metric")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  segloss list focalTversky")
    // What only this command needs is loaded when it is given: every run of score would wait for it.
    .action(async (...given: Parameters<typeof list>) => (await import("./listing")).list(...given));
}
