import { InputNumber } from "antd";
import type { JSX } from "react";
import type { InputProps } from "../field_type";

export function IntegerInput(props: InputProps): JSX.Element {
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
