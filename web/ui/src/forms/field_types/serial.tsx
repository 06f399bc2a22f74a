import type { JSX } from "react";
import styles from "../cells.module.css";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { textLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  return typeof value === "string" ? <span className={styles.code}>{value}</span> : null;
}

export const fieldType: FieldType = {
  name: "serial",
  Cell,
  Input: lazyInput(() => import("../inputs/SerialInput").then((module) => module.SerialInput)),
  width: 140,
  isSortable: true,
  filter: { operators: ["contains", "is"], literal: textLiteral },
};
