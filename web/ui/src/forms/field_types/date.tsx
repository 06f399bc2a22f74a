import type { JSX } from "react";
import { LazyDatePicker } from "../../ui/LazyDatePicker";
import { Moment } from "../../ui/Moment";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { dateLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (typeof value !== "string" || value === "") return null;
  return <Moment value={value} as="date" />;
}

function Input(props: InputProps): JSX.Element {
  return (
    <LazyDatePicker
      id={props.id}
      value={typeof props.value === "string" ? props.value : null}
      onChange={(value) => props.onChange(value)}
      isDisabled={props.isDisabled}
      hasError={props.hasError}
      label={props.label}
      describedBy={props.describedBy}
    />
  );
}

export const fieldType: FieldType = {
  name: "date",
  Cell,
  Input,
  width: 120,
  isSortable: true,
  filter: { operators: ["is", "at_least", "at_most", "empty", "not_empty"], literal: dateLiteral },
};
