import type { JSX } from "react";
import { isReference } from "../../lib/record_types";
import { Person } from "../../ui/Person";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { textLiteral } from "../literals";
import { ReferenceSelect } from "../ReferenceSelect";

function Cell({ value }: CellProps): JSX.Element | null {
  return isReference(value) ? <Person name={value.title} /> : null;
}

function Input(props: InputProps): JSX.Element {
  return <ReferenceSelect {...props} source="/api/members" />;
}

export const fieldType: FieldType = {
  name: "member",
  Cell,
  Input,
  width: 120,
  filter: {
    operators: ["is", "is_not", "empty", "not_empty"],
    literal: (value) => textLiteral(isReference(value) ? value.id : value),
  },
};
