import { Input as AntdInput } from "antd";
import type { JSX } from "react";
import type { InputProps } from "../field_type";

export function LongTextInput(props: InputProps): JSX.Element {
  return (
    <AntdInput.TextArea
      id={props.id}
      value={typeof props.value === "string" ? props.value : ""}
      onChange={(event) => props.onChange(event.target.value === "" ? null : event.target.value)}
      onBlur={props.onBlur}
      variant={props.isInGrid ? "borderless" : undefined}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      autoSize={props.isInGrid ? { minRows: 1, maxRows: 6 } : { minRows: 3, maxRows: 12 }}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.hasError}
    />
  );
}
