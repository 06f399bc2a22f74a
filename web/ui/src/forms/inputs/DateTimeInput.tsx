import { Input as AntdInput } from "antd";
import dayjs from "dayjs";
import type { JSX } from "react";
import { LazyDatePicker } from "../../ui/LazyDatePicker";
import { useIsMobile } from "../../ui/use_is_mobile";
import type { InputProps } from "../field_type";

/** A moment, entered in the reader's own time. */
export function DateTimeInput(props: InputProps): JSX.Element {
  const value = typeof props.value === "string" && props.value !== "" ? props.value : null;
  if (useIsMobile()) {
    return (
      <AntdInput
        id={props.id}
        type="datetime-local"
        value={value ? dayjs(value).format("YYYY-MM-DDTHH:mm") : ""}
        onChange={(event) => props.onChange(event.target.value ? dayjs(event.target.value).toISOString() : null)}
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
      hasTime
      isInCell={props.isInGrid}
      isDisabled={props.isDisabled}
      hasError={props.hasError}
      label={props.label}
      describedBy={props.describedBy}
    />
  );
}
