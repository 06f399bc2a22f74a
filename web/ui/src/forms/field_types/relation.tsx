import type { JSX } from "react";
import { path, splitName } from "../../lib/api";
import { isReference } from "../../lib/record_types";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { textLiteral } from "../literals";
import { ReferenceSelect } from "../ReferenceSelect";

function Cell({ value }: CellProps): JSX.Element | null {
  if (!isReference(value)) return null;
  return (
    <span className={styles.ellipsis} title={value.title}>
      {value.title}
    </span>
  );
}

function Input(props: InputProps): JSX.Element {
  const [app, form] = splitName(String(props.field.options.form ?? ""));
  return <ReferenceSelect {...props} source={path("relations", app, form)} />;
}

export const fieldType: FieldType = {
  name: "relation",
  Cell,
  Input,
  width: 180,
  filter: {
    operators: ["is", "is_not", "empty", "not_empty"],
    literal: (value) => textLiteral(isReference(value) ? value.id : value),
  },
};
