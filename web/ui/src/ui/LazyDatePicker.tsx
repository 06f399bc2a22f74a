import { Input } from "antd";
import { type JSX, lazy, Suspense } from "react";
import type { DatePickerProps } from "./DatePicker";

const DatePicker = lazy(() => import("./DatePicker").then((module) => ({ default: module.DatePicker })));

/** The date picker outside of the first page's JavaScript; until it is there its place is kept. */
export function LazyDatePicker(props: DatePickerProps): JSX.Element {
  return (
    <Suspense fallback={<Input id={props.id} value={props.value ?? ""} disabled aria-label={props.label} />}>
      <DatePicker {...props} />
    </Suspense>
  );
}
