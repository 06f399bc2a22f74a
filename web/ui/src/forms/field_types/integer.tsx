import { InputNumber } from "antd";
import type { JSX } from "react";
import { formatDecimal } from "../../lib/format";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { numberLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  return <span className={styles.number}>{formatDecimal(value)}</span>;
}

function Input(props: InputProps): JSX.Element {
  return (
    <InputNumber<number>
      id={props.id}
      value={props.value === null || props.value === undefined ? null : Number(props.value)}
      onChange={(value) => props.onChange(value)}
      onBlur={props.onBlur}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      precision={0}
      controls={false}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      style={{ width: "100%" }}
    />
  );
}

export const fieldType: FieldType = {
  name: "integer",
  Cell,
  Input,
  width: 110,
  align: "right",
  isSortable: true,
  filter: {
    operators: ["is", "is_not", "greater", "at_least", "less", "at_most", "empty", "not_empty"],
    literal: numberLiteral,
  },
};
