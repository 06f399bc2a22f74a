import { Input as AntdInput } from "antd";
import dayjs from "dayjs";
import type { JSX } from "react";
import { instantOf, wallTime } from "../../lib/time_zone";
import { LazyDatePicker } from "../../ui/LazyDatePicker";
import { useIsMobile } from "../../ui/use_is_mobile";
import type { InputProps } from "../field_type";

/** A moment, entered by the platform's wall clock. */
export function DateTimeInput(props: InputProps): JSX.Element {
  const value = typeof props.value === "string" && props.value !== "" ? props.value : null;
  if (useIsMobile()) {
    return (
      <AntdInput
        id={props.id}
        type="datetime-local"
        value={value ? dayjs(wallTime(new Date(value))).format("YYYY-MM-DDTHH:mm") : ""}
        onChange={(event) =>
          props.onChange(event.target.value ? instantOf(dayjs(event.target.value).toDate()).toISOString() : null)
        }
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
