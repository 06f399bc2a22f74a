import { useSyncExternalStore } from "react";
import { usePreferences } from "../lib/preferences";
import type { ThemeName } from "./tokens";

const QUERY = "(prefers-color-scheme: dark)";

function subscribe(onChange: () => void): () => void {
  const list = window.matchMedia(QUERY);
  list.addEventListener("change", onChange);
  return () => list.removeEventListener("change", onChange);
}

/** The theme in force: the person's choice, or the system's. */
export function useThemeName(): ThemeName {
  const choice = usePreferences((state) => state.theme);
  const isSystemDark = useSyncExternalStore(subscribe, () => window.matchMedia(QUERY).matches);
  if (choice === "system") return isSystemDark ? "dark" : "light";
  return choice;
}
