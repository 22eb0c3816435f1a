import type { Command } from "commander";
import { Notes } from "./notes";
import { openOutput } from "./output";
import { addOutputOptions, formatOf, type OutputOptions } from "./outputFormat";
import { progress } from "./progress";
import type { Failure } from "./scoring";
import { refuseOverwriting } from "./sink";
import { readParts } from "./states";
import { Told } from "./told";

/** What `segloss score` of all files says, from the states of its parts. */
async function merge(paths: readonly string[], options: OutputOptions): Promise<number> {
  formatOf(options);
  refuseOverwriting({ "-o": options.output }, paths);
  const { run, cases } = readParts(paths),
    { common, items, missing } = run,
    bar = await progress(0),
    { output, close } = await openOutput(options, bar.print, items, common.asked),
    failures: Failure[] = [];
  const fail = (failure: Failure) => {
    failures.push(failure);
    bar.tell(`error: ${failure.message}`);
  };
  const notes = new Notes(bar.tell),
    told = new Told(common, output, notes, fail);
  for (const failure of run.failures) fail(failure);
  for (const { scored, ...sample } of cases) told.add(scored, sample);
  told.end(failures, missing);
  notes.end();
  bar.stop();
  close();
  return failures.length > 0 ? 1 : 0;
}

export function addMerge(program: Command, finish: (code: number) => void): void {
  addOutputOptions(program.command("merge"))
    .description("what score says of all files, from the states of its parts")
    .argument("<state...>", "files that score --state wrote, of every part of one run")
    .addHelpText(
      "after",
      `
Example:
  segloss score --pred predictions --target truth --metric dice --shard 1/2 --state 1.bin
  segloss score --pred predictions --target truth --metric dice --shard 2/2 --state 2.bin
  segloss merge 1.bin 2.bin --csv`,
    )
    .action(async (paths: string[], options: OutputOptions) => finish(await merge(paths, options)));
}
