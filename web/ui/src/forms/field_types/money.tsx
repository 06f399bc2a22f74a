import type { JSX } from "react";
import { formatMoney } from "../../lib/format";
import styles from "../cells.module.css";
import { currencyOf } from "../currency";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { numberLiteral } from "../literals";

function Cell({ value, field }: CellProps): JSX.Element | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  const isNegative = String(value).startsWith("-");
  return (
    <span className={isNegative ? `${styles.number} ${styles.negative}` : styles.number}>
      {formatMoney(value, currencyOf(field.options))}
    </span>
  );
}

export const fieldType: FieldType = {
  name: "money",
  Cell,
  Input: lazyInput(() => import("../inputs/MoneyInput").then((module) => module.MoneyInput)),
  width: 140,
  align: "right",
  isSortable: true,
  filter: {
    operators: ["is", "is_not", "greater", "at_least", "less", "at_most", "empty", "not_empty"],
    literal: numberLiteral,
  },
};
