import type { JSX } from "react";
import { isReference } from "../../lib/record_types";
import styles from "../cells.module.css";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { textLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  return isReference(value) ? <span className={styles.ellipsis}>{value.title}</span> : null;
}

export const fieldType: FieldType = {
  name: "department",
  Cell,
  Input: lazyInput(() => import("../inputs/DepartmentInput").then((module) => module.DepartmentInput)),
  width: 130,
  filter: {
    operators: ["is", "is_not", "empty", "not_empty"],
    literal: (value) => textLiteral(isReference(value) ? value.id : value),
  },
};
