import { Select } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../../ui/Tag";
import styles from "../cells.module.css";
import { choiceOf, choicesOf } from "../choices";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { textLiteral } from "../literals";

function Cell({ value, field }: CellProps): JSX.Element | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return (
    <span className={styles.tags}>
      {value.map((one) => {
        const choice = choiceOf(field, one);
        return choice ? (
          <Tag key={choice.value} color={choice.color}>
            {choice.title}
          </Tag>
        ) : null;
      })}
    </span>
  );
}

function Input(props: InputProps): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <Select<string[]>
      id={props.id}
      mode="multiple"
      value={Array.isArray(props.value) ? props.value.map(String) : []}
      onChange={(values) => props.onChange(values)}
      onBlur={props.onBlur}
      options={choicesOf(props.field).map((choice) => ({ value: choice.value, label: choice.title }))}
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
  name: "multi_select",
  Cell,
  Input,
  width: 160,
  filter: {
    operators: ["includes", "empty", "not_empty"],
    literal: (value) => textLiteral(Array.isArray(value) ? (value[0] ?? null) : value),
  },
};
