import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Group } from "./report_types";

/** How a group is called; the empty value and truth values have words of the page's language. */
export function useGroupTitle(): (group: Group) => string {
  const { t } = useTranslation("reports");
  return useCallback(
    (group) => {
      if (group.value === true) return t("group.yes");
      if (group.value === false) return t("group.no");
      return group.title || t("group.none");
    },
    [t],
  );
}
