import { Input as AntdInput } from "antd";
import type { JSX } from "react";
import type { InputProps } from "../field_type";

/** Given by the server when the record is saved; here it is only looked for. */
export function SerialInput(props: InputProps): JSX.Element {
  return (
    <AntdInput
      id={props.id}
      value={typeof props.value === "string" ? props.value : ""}
      onChange={(event) => props.onChange(event.target.value === "" ? null : event.target.value)}
      disabled={props.isDisabled}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
    />
  );
}
