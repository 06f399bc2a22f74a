import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { RecordReference } from "./task_types";

interface Recent {
  /** Newest first, by user: two people at one browser do not see each other's. */
  readonly byUser: Readonly<Record<string, readonly RecordReference[]>>;
  add(user: string, record: RecordReference): void;
}

const MOST = 12;

/** Records opened lately in this browser; the record page adds to it. */
export const useRecent = create<Recent>()(
  persist(
    (set) => ({
      byUser: {},
      add: (user, record) =>
        set(({ byUser }) => {
          const others = (byUser[user] ?? []).filter((one) => one.id !== record.id);
          return { byUser: { ...byUser, [user]: [record, ...others].slice(0, MOST) } };
        }),
    }),
    { name: "dougong.recent" },
  ),
);
