import { Input as AntdInput } from "antd";
import type { JSX } from "react";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { textLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (typeof value !== "string" || value === "") return null;
  return (
    <span className={styles.ellipsis} title={value}>
      {value.replace(/\s+/g, " ")}
    </span>
  );
}

function Input(props: InputProps): JSX.Element {
  return (
    <AntdInput.TextArea
      id={props.id}
      value={typeof props.value === "string" ? props.value : ""}
      onChange={(event) => props.onChange(event.target.value === "" ? null : event.target.value)}
      onBlur={props.onBlur}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      autoSize={{ minRows: 3, maxRows: 12 }}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.hasError}
    />
  );
}

export const fieldType: FieldType = {
  name: "long_text",
  Cell,
  Input,
  width: 240,
  isBulky: true,
  filter: { operators: ["contains", "empty", "not_empty"], literal: textLiteral },
};
