import { Input as AntdInput } from "antd";
import type { JSX } from "react";
import { LazyDatePicker } from "../../ui/LazyDatePicker";
import { useIsMobile } from "../../ui/use_is_mobile";
import type { InputProps } from "../field_type";

/** On a phone the system's own wheel; elsewhere a field to type in, with a calendar. */
export function DateInput(props: InputProps): JSX.Element {
  const value = typeof props.value === "string" && props.value !== "" ? props.value : null;
  if (useIsMobile()) {
    return (
      <AntdInput
        id={props.id}
        type="date"
        value={value ?? ""}
        onChange={(event) => props.onChange(event.target.value || null)}
        onBlur={props.onBlur}
        disabled={props.isDisabled}
        status={props.hasError ? "error" : undefined}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.hasError}
      />
    );
  }
  return (
    <LazyDatePicker
      id={props.id}
      value={value}
      onChange={props.onChange}
      onBlur={props.onBlur}
      isInCell={props.isInGrid}
      isDisabled={props.isDisabled}
      hasError={props.hasError}
      label={props.label}
      describedBy={props.describedBy}
    />
  );
}
