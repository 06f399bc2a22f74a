import type { JSX } from "react";
import styles from "../cells.module.css";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { textLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (value === null || value === undefined || value === "") return null;
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return (
    <span className={styles.ellipsis} title={text}>
      {text}
    </span>
  );
}

export const fieldType: FieldType = {
  name: "text",
  Cell,
  Input: lazyInput(() => import("../inputs/TextInput").then((module) => module.TextInput)),
  width: 180,
  isSortable: true,
  filter: { operators: ["contains", "is", "is_not", "empty", "not_empty"], literal: textLiteral },
};
