import type { JSX } from "react";
import { Tag } from "../../ui/Tag";
import { choiceOf } from "../choices";
import type { CellProps, FieldType } from "../field_type";
import { lazyInput } from "../lazy_input";
import { textLiteral } from "../literals";

function Cell({ value, field }: CellProps): JSX.Element | null {
  const choice = choiceOf(field, value);
  return choice ? <Tag color={choice.color}>{choice.title}</Tag> : null;
}

export const fieldType: FieldType = {
  name: "select",
  Cell,
  Input: lazyInput(() => import("../inputs/SelectInput").then((module) => module.SelectInput)),
  width: 110,
  isSortable: true,
  filter: { operators: ["is", "is_not", "empty", "not_empty"], literal: textLiteral },
};
