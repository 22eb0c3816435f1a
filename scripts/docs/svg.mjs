/** A figure that is readable on light and dark ground, of its elements. */
export const svg = (width, height, label, body) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<style>text{font:11px system-ui,sans-serif;fill:#808080}</style>
${body.join("\n")}
</svg>
`;
