import type { JSX } from "react";
import { isReference } from "../../lib/record_types";
import { Person } from "../../ui/Person";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { textLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  return isReference(value) ? <Person name={value.title} /> : null;
}

export const fieldType: FieldType = {
  name: "member",
  Cell,
  Input: lazyInput(() => import("../inputs/MemberInput").then((module) => module.MemberInput)),
  width: 120,
  filter: {
    operators: ["is", "is_not", "empty", "not_empty"],
    literal: (value) => textLiteral(isReference(value) ? value.id : value),
  },
};
