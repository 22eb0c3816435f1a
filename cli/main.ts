import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { addList } from "./list";
import { addCompare } from "./lossOptions";
import { addMerge } from "./merge";
import { readableEndings } from "./readers/registry";
import { addScore } from "./score";
import { addWorker } from "./serve";
import { endQuietly } from "./sink";

const program = new Command("segloss")
  .description("Losses and metrics of image segmentation, for files")
  .version(version, "--version", "print the version")
  .helpCommand(true)
  .showSuggestionAfterError()
  .addHelpText(
    "after",
    `
A file is ${readableEndings}; a folder stands for the files in it, and several pair up by name.

Examples:
  segloss score --pred predictions --target truth --metric dice
  segloss compare --pred logits.npy --target labels.png
  segloss list dice`,
  );

const finish = (code: number) => {
  process.exitCode = code;
};
addScore(program, finish);
addMerge(program, finish);
addWorker(program);
addCompare(program, finish);
addList(program);
// Subcommands inherit what is set before they are made only in part: each ends by an error, told below.
for (const command of [program, ...program.commands]) command.exitOverride();

endQuietly();
await program.parseAsync().catch((error: Error) => {
  // What is wrong with the arguments has been told, and so has help.
  if (error instanceof CommanderError) return finish(error.exitCode);
  console.error(`error: ${error.message}`);
  finish(1);
});
