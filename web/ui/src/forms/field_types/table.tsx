import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";

function Cell({ value }: CellProps): JSX.Element | null {
  const { t } = useTranslation("forms");
  if (!Array.isArray(value)) return null;
  return <span className={styles.faint}>{t("table.rows", { count: value.length })}</span>;
}

/** The rows are edited in the record page's grid; where one line is all there is, they are counted. */
function Input({ value, field }: InputProps): JSX.Element {
  return <Cell value={value} field={field} />;
}

export const fieldType: FieldType = { name: "table", Cell, Input, width: 90, isBulky: true };
