import type { JSX } from "react";
import { isReference } from "../../lib/record_types";
import styles from "../cells.module.css";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { textLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (!isReference(value)) return null;
  return (
    <span className={styles.ellipsis} title={value.title}>
      {value.title}
    </span>
  );
}

export const fieldType: FieldType = {
  name: "relation",
  Cell,
  Input: lazyInput(() => import("../inputs/RelationInput").then((module) => module.RelationInput)),
  width: 210,
  filter: {
    operators: ["is", "is_not", "empty", "not_empty"],
    literal: (value) => textLiteral(isReference(value) ? value.id : value),
  },
};
