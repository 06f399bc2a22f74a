import { InputNumber } from "antd";
import type { JSX } from "react";
import { currencySymbol } from "../../lib/format";
import { currencyOf } from "../currency";
import type { InputProps } from "../field_type";

export function MoneyInput(props: InputProps): JSX.Element {
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
