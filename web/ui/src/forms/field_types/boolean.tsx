import { Check } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "../cells.module.css";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { booleanLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  const { t } = useTranslation("ui");
  if (value === null || value === undefined) return null;
  if (value !== true) return <span className={styles.faint}>{t("no")}</span>;
  return (
    <span className={`${styles.inline} ${styles.yes}`}>
      <Check size={15} aria-hidden="true" />
      {t("yes")}
    </span>
  );
}

export const fieldType: FieldType = {
  name: "boolean",
  Cell,
  Input: lazyInput(() => import("../inputs/BooleanInput").then((module) => module.BooleanInput)),
  width: 90,
  isSortable: true,
  filter: { operators: ["is"], literal: booleanLiteral },
};
