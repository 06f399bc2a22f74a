import { Monitor, Moon, Sun } from "lucide-react";
import type { ReactNode } from "react";
import type { ThemeChoice } from "../lib/preferences";

export const THEME_CHOICES: readonly ThemeChoice[] = ["light", "dark", "system"];

export const THEME_ICONS: Readonly<Record<ThemeChoice, ReactNode>> = {
  light: <Sun size={16} strokeWidth={1.75} />,
  dark: <Moon size={16} strokeWidth={1.75} />,
  system: <Monitor size={16} strokeWidth={1.75} />,
};
