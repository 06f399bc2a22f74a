import type { JSX } from "react";
import { formatDecimal } from "../../lib/format";
import styles from "../cells.module.css";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { numberLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  return <span className={styles.number}>{formatDecimal(value)}</span>;
}

export const fieldType: FieldType = {
  name: "integer",
  Cell,
  Input: lazyInput(() => import("../inputs/IntegerInput").then((module) => module.IntegerInput)),
  width: 110,
  align: "right",
  isSortable: true,
  filter: {
    operators: ["is", "is_not", "greater", "at_least", "less", "at_most", "empty", "not_empty"],
    literal: numberLiteral,
  },
};
