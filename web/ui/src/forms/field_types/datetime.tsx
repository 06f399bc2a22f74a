import type { JSX } from "react";
import { Moment } from "../../ui/Moment";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { dateLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  if (typeof value !== "string" || value === "") return null;
  return <Moment value={value} as="datetime" />;
}

export const fieldType: FieldType = {
  name: "datetime",
  Cell,
  Input: lazyInput(() => import("../inputs/DateTimeInput").then((module) => module.DateTimeInput)),
  width: 150,
  isSortable: true,
  filter: { operators: ["at_least", "at_most", "empty", "not_empty"], literal: dateLiteral },
};
