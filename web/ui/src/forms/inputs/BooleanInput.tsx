import { Switch } from "antd";
import type { JSX } from "react";
import type { InputProps } from "../field_type";

export function BooleanInput(props: InputProps): JSX.Element {
  return (
    <Switch
      id={props.id}
      checked={props.value === true}
      onChange={(isOn) => props.onChange(isOn)}
      disabled={props.isDisabled}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
    />
  );
}
