import { InputNumber } from "antd";
import type { JSX } from "react";
import { currencySymbol, formatMoney } from "../../lib/format";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { numberLiteral } from "../literals";

function currencyOf(options: Readonly<Record<string, unknown>>): string {
  return typeof options.currency === "string" ? options.currency : "CNY";
}

function Cell({ value, field }: CellProps): JSX.Element | null {
  if (typeof value !== "number" && typeof value !== "string") return null;
  const isNegative = String(value).startsWith("-");
  return (
    <span className={isNegative ? `${styles.number} ${styles.negative}` : styles.number}>
      {formatMoney(value, currencyOf(field.options))}
    </span>
  );
}

function Input(props: InputProps): JSX.Element {
  return (
    <InputNumber<string>
      id={props.id}
      value={props.value === null || props.value === undefined ? null : String(props.value)}
      onChange={(value) => props.onChange(value)}
      onBlur={props.onBlur}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      precision={2}
      stringMode
      controls={false}
      prefix={currencySymbol(currencyOf(props.field.options)).trim()}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      style={{ width: "100%" }}
    />
  );
}

export const fieldType: FieldType = {
  name: "money",
  Cell,
  Input,
  width: 140,
  align: "right",
  isSortable: true,
  filter: {
    operators: ["is", "is_not", "greater", "at_least", "less", "at_most", "empty", "not_empty"],
    literal: numberLiteral,
  },
};
