import { Input as AntdInput } from "antd";
import type { JSX } from "react";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
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

function Input(props: InputProps): JSX.Element {
  return (
    <AntdInput
      id={props.id}
      value={typeof props.value === "string" ? props.value : ""}
      onChange={(event) => props.onChange(event.target.value === "" ? null : event.target.value)}
      onBlur={props.onBlur}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      maxLength={typeof props.field.schema.maxLength === "number" ? props.field.schema.maxLength : undefined}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.hasError}
      autoComplete="off"
    />
  );
}

export const fieldType: FieldType = {
  name: "text",
  Cell,
  Input,
  width: 180,
  isSortable: true,
  filter: { operators: ["contains", "is", "is_not", "empty", "not_empty"], literal: textLiteral },
};
