/** Options of the command line, as readers and pairs name them, under their names here. */
const names: Record<string, string> = {
  activation: "activation",
  array: "array",
  axes: "axes",
  classes: "numClasses",
  "ignore-geometry": "ignoreGeometry",
  "ignore-index": "ignoreIndex",
  map: "map",
  palette: "palette",
  spacing: "spacing",
  threshold: "threshold",
};
const quoted = new Set(["axes", "array", "activation"]);

/** "--axes NHW" becomes 'axes: "NHW"'; a word that is no value stays as it is. */
export function inOptions(message: string): string {
  const colours = message.replace(/--palette 0=#000000 1=#ff0000/g, 'palette: { 0: "#000000", 1: "#ff0000" }');
  return colours
    .replace(
      /--(axes|array|activation|threshold|classes|ignore-index) ([A-Z]+\b|none\b|sigmoid\b|-?[\d.]+)/g,
      (_, option, value) => `${names[option]}: ${quoted.has(option) || value === "none" ? `"${value}"` : value}`,
    )
    .replace(/--([a-z]+(?:-[a-z]+)*)/g, (whole, option) => {
      if (option === "ignore-geometry") return "ignoreGeometry: true";
      return names[option] ?? whole;
    });
}
