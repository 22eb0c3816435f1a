import { effect, signal } from "@preact/signals";
import type { Theme } from "./colours.js";

// The site's own key, so that page and playground are dark together.
const KEY = "vitepress-theme-appearance";
const system = matchMedia("(prefers-color-scheme: dark)");
const kept = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
};
const chosen = signal(kept() ?? "auto");
const systemDark = signal(system.matches);
system.addEventListener("change", () => {
  systemDark.value = system.matches;
});

export const theme = signal<Theme>("light");
effect(() => {
  const dark = chosen.value === "dark" || (chosen.value !== "light" && systemDark.value);
  theme.value = dark ? "dark" : "light";
  document.documentElement.dataset.theme = theme.value;
});
export function toggleTheme(): void {
  chosen.value = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, chosen.value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
