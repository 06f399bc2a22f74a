import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Reference } from "./record_types";

interface RecentChoices {
  /** Newest first, by user and source of the choices. */
  readonly chosen: Readonly<Record<string, readonly Reference[]>>;
  add(key: string, choice: Reference): void;
}

const MOST = 5;

/** What was chosen lately in pickers of this browser. */
export const useRecentChoices = create<RecentChoices>()(
  persist(
    (set) => ({
      chosen: {},
      add: (key, choice) =>
        set(({ chosen }) => {
          const others = (chosen[key] ?? []).filter((one) => one.id !== choice.id);
          return { chosen: { ...chosen, [key]: [choice, ...others].slice(0, MOST) } };
        }),
    }),
    { name: "dougong.choices" },
  ),
);
