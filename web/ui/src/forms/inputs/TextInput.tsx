import { Input as AntdInput } from "antd";
import type { JSX } from "react";
import type { InputProps } from "../field_type";

export function TextInput(props: InputProps): JSX.Element {
  return (
    <AntdInput
      id={props.id}
      value={typeof props.value === "string" ? props.value : ""}
      onChange={(event) => props.onChange(event.target.value === "" ? null : event.target.value)}
      onBlur={props.onBlur}
      variant={props.isInGrid ? "borderless" : undefined}
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
