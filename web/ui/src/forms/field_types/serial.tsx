import { Input as AntdInput } from "antd";
import type { JSX } from "react";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { textLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  return typeof value === "string" ? <span className={styles.code}>{value}</span> : null;
}

/** Given by the server when the record is saved; here it is only looked for. */
function Input(props: InputProps): JSX.Element {
  return (
    <AntdInput
      id={props.id}
      value={typeof props.value === "string" ? props.value : ""}
      onChange={(event) => props.onChange(event.target.value === "" ? null : event.target.value)}
      disabled={props.isDisabled}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
    />
  );
}

export const fieldType: FieldType = {
  name: "serial",
  Cell,
  Input,
  width: 140,
  isSortable: true,
  filter: { operators: ["contains", "is"], literal: textLiteral },
};
