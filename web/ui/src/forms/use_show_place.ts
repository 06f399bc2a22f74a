import { useCallback } from "react";
import type { Path } from "./runtime/paths";
import type { RecordStore } from "./runtime/record_store";

/** Brings a field or cell into view and gives it the focus. */
export function useShowPlace(store: RecordStore): (path: Path) => void {
  return useCallback(
    (path) => {
      const [field = "", row, cell] = path.split("/");
      const table = store.showCell.get(field);
      const element = document.getElementById(store.inputId(field));
      element?.scrollIntoView({ block: "center" });
      if (table && row !== undefined) table(row, cell ?? "");
      else element?.focus({ preventScroll: true });
    },
    [store],
  );
}
