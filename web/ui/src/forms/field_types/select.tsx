import { Select } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../../ui/Tag";
import { choiceOf, choicesOf } from "../choices";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { textLiteral } from "../literals";

function Cell({ value, field }: CellProps): JSX.Element | null {
  const choice = choiceOf(field, value);
  return choice ? <Tag color={choice.color}>{choice.title}</Tag> : null;
}

function Input(props: InputProps): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <Select
      id={props.id}
      value={typeof props.value === "string" ? props.value : undefined}
      onChange={(value) => props.onChange(value ?? null)}
      onBlur={props.onBlur}
      options={choicesOf(props.field).map((choice) => ({ value: choice.value, label: choice.title }))}
      allowClear={!props.field.isRequired}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      placeholder={t("choose.placeholder")}
      autoFocus={props.shouldFocus}
      aria-label={props.label ?? props.field.title}
      aria-describedby={props.describedBy}
      style={{ width: "100%" }}
    />
  );
}

export const fieldType: FieldType = {
  name: "select",
  Cell,
  Input,
  width: 110,
  isSortable: true,
  filter: { operators: ["is", "is_not", "empty", "not_empty"], literal: textLiteral },
};
