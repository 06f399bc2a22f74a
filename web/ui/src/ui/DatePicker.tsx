import { DatePicker as AntdDatePicker } from "antd";
import dayjs from "dayjs";
import type { JSX } from "react";
import { instantOf, wallTime } from "../lib/time_zone";

export interface DatePickerProps {
  readonly id?: string;
  /** `2026-11-21`, or a moment in RFC 3339 with `hasTime`; `null` is empty. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly hasTime?: boolean;
  readonly isDisabled?: boolean;
  readonly hasError?: boolean;
  readonly label?: string;
  readonly describedBy?: string;
  readonly onBlur?: () => void;
  /** Takes the focus and opens at once, without a frame: in the cell of a grid. */
  readonly isInCell?: boolean;
}

/** Heavy (calendar and date library): load it through `LazyDatePicker`. */
export function DatePicker(props: DatePickerProps): JSX.Element {
  const { value, hasTime = false } = props;
  return (
    <AntdDatePicker
      id={props.id}
      value={value ? dayjs(hasTime ? wallTime(new Date(value)) : value) : null}
      onChange={(date) =>
        props.onChange(date ? (hasTime ? instantOf(date.toDate()).toISOString() : date.format("YYYY-MM-DD")) : null)
      }
      showTime={hasTime ? { format: "HH:mm" } : false}
      format={hasTime ? "YYYY-MM-DD HH:mm" : "YYYY-MM-DD"}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      onBlur={props.onBlur}
      autoFocus={props.isInCell}
      defaultOpen={props.isInCell}
      variant={props.isInCell ? "borderless" : undefined}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      style={{ width: "100%" }}
    />
  );
}
