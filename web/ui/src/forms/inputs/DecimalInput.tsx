import { InputNumber } from "antd";
import type { JSX } from "react";
import { trimZeros } from "../../lib/format";
import type { InputProps } from "../field_type";

export function DecimalInput(props: InputProps): JSX.Element {
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
