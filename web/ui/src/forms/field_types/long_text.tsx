import type { JSX } from "react";
import styles from "../cells.module.css";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { textLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (typeof value !== "string" || value === "") return null;
  return (
    <span className={styles.ellipsis} title={value}>
      {value.replace(/\s+/g, " ")}
    </span>
  );
}

export const fieldType: FieldType = {
  name: "long_text",
  Cell,
  Input: lazyInput(() => import("../inputs/LongTextInput").then((module) => module.LongTextInput)),
  width: 240,
  isBulky: true,
  filter: { operators: ["contains", "empty", "not_empty"], literal: textLiteral },
};
