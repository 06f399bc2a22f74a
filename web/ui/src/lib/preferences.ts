import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Language } from "./language";

export type ThemeChoice = "light" | "dark" | "system";

interface Preferences {
  readonly theme: ThemeChoice;
  /** `null` until someone chooses; then the browser's language decides. */
  readonly language: Language | null;
  readonly isMenuCollapsed: boolean;
  setTheme(theme: ThemeChoice): void;
  setLanguage(language: Language): void;
  toggleMenu(): void;
}

/** Choices that belong to this browser and not to the account. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: "system",
      language: null,
      isMenuCollapsed: false,
      setTheme: (theme) => set({ theme }),
      setLanguage: (language) => set({ language }),
      toggleMenu: () => set((state) => ({ isMenuCollapsed: !state.isMenuCollapsed })),
    }),
    { name: "dougong.preferences" },
  ),
);
