import type { JSX } from "react";
import { Tag } from "../../ui/Tag";
import styles from "../cells.module.css";
import { choiceOf } from "../choices";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { textLiteral } from "../literals";

function Cell({ value, field }: CellProps): JSX.Element | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return (
    <span className={styles.tags}>
      {value.map((one) => {
        const choice = choiceOf(field, one);
        return choice ? (
          <Tag key={choice.value} color={choice.color}>
            {choice.title}
          </Tag>
        ) : null;
      })}
    </span>
  );
}

export const fieldType: FieldType = {
  name: "multi_select",
  Cell,
  Input: lazyInput(() => import("../inputs/MultiSelectInput").then((module) => module.MultiSelectInput)),
  width: 160,
  filter: {
    operators: ["includes", "empty", "not_empty"],
    literal: (value) => textLiteral(Array.isArray(value) ? (value[0] ?? null) : value),
  },
};
