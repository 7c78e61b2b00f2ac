/** Light or dark: the system's wish until the person chooses. */
import { Store } from "../realtime";

export type Theme = "light" | "dark";

const KEPT = "tutor.theme";

export const theme = new Store<Theme>(
  document.documentElement.dataset.theme === "dark" ? "dark" : "light",
);

function show(next: Theme): void {
  document.documentElement.dataset.theme = next;
  theme.set(next);
}

export function chooseTheme(next: Theme): void {
  localStorage.setItem(KEPT, next);
  show(next);
}

/** Follow the system while nothing was chosen. */
export function followSystem(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    if (localStorage.getItem(KEPT) === null) show(matches ? "dark" : "light");
  });
}
