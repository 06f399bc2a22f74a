import { InputNumber } from "antd";
import type { JSX } from "react";
import { formatDecimal, trimZeros } from "../../lib/format";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { numberLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  return <span className={styles.number}>{formatDecimal(trimZeros(String(value)))}</span>;
}

function Input(props: InputProps): JSX.Element {
  const { scale } = props.field.options;
  return (
    <InputNumber<string>
      id={props.id}
      value={props.value === null || props.value === undefined ? null : trimZeros(String(props.value))}
      onChange={(value) => props.onChange(value)}
      onBlur={props.onBlur}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      precision={typeof scale === "number" ? undefined : 0}
      stringMode
      controls={false}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      style={{ width: "100%" }}
    />
  );
}

export const fieldType: FieldType = {
  name: "decimal",
  Cell,
  Input,
  width: 120,
  align: "right",
  isSortable: true,
  filter: {
    operators: ["is", "is_not", "greater", "at_least", "less", "at_most", "empty", "not_empty"],
    literal: numberLiteral,
  },
};
