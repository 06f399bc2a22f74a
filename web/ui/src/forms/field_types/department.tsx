import type { JSX } from "react";
import { isReference } from "../../lib/record_types";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { textLiteral } from "../literals";
import { ReferenceSelect } from "../ReferenceSelect";

function Cell({ value }: CellProps): JSX.Element | null {
  return isReference(value) ? <span className={styles.ellipsis}>{value.title}</span> : null;
}

function Input(props: InputProps): JSX.Element {
  return <ReferenceSelect {...props} source="/api/departments" />;
}

export const fieldType: FieldType = {
  name: "department",
  Cell,
  Input,
  width: 130,
  filter: {
    operators: ["is", "is_not", "empty", "not_empty"],
    literal: (value) => textLiteral(isReference(value) ? value.id : value),
  },
};
