import { Select } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { choicesOf } from "../choices";
import type { InputProps } from "../field_type";

export function MultiSelectInput(props: InputProps): JSX.Element {
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
