import Table from "cli-table3";

/** A table with numbers on the right and a line below the heading only. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], leftColumns = 1): string {
  const made = new Table({
    head: [...head],
    colAligns: head.map((_, i) => (i < leftColumns ? "left" : "right")),
    style: { head: [], border: [] },
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: " ",
    },
  });
  made.push(...rows.map((row) => [...row]));
  const lines = made.toString().split("\n");
  return [lines[0], "-".repeat(Math.max(...lines.map((line) => line.trimEnd().length))), ...lines.slice(1)]
    .map((line) => line.trimEnd())
    .join("\n");
}
