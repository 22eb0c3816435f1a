import type { Command } from "commander";
import { addFileOptions } from "./arguments";
import type { compare } from "./losses";
import { compareFormats } from "./outputFormat";

export function addCompare(program: Command, finish: (code: number) => void): void {
  addFileOptions(program.command("compare").description("value and gradient of losses on predictions"), compareFormats)
    .option("--image <file...>", "the images, for the report")
    .option("--pixel-weights <file...>", "weights of the losses' pixels [...spatial], a file for each prediction")
    .option(
      "--loss <name...>",
      "losses, as NAME or NAME:{JSON of its options}, also another library's (default: every one that fits)",
    )
    .option("--report <file>", "write a page with pictures of what each loss says of each pixel")
    .addHelpText(
      "after",
      `
A prediction holds scores [C, ...spatial] (a PNG: probabilities), a target labels [...spatial].

Example:
  segloss compare --pred logits.npy --target labels.png --loss dice 'monai.DiceLoss:{"softmax":true}' \\
    --report out.html`,
    )
    // What only this command needs is loaded when it is given.
    .action(async (options: Parameters<typeof compare>[0]) =>
      finish(await (await import("./losses")).compare(options)),
    );
}
