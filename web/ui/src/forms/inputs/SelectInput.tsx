import { Select } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../../ui/Tag";
import { choicesOf } from "../choices";
import type { InputProps } from "../field_type";

/** So few options are read faster than searched. */
const SEARCHED_FROM = 8;

export function SelectInput(props: InputProps): JSX.Element {
  const { t } = useTranslation("ui");
  const [search, setSearch] = useState(props.firstSearch ?? "");
  const choices = choicesOf(props.field);
  const isSearched = props.isInGrid || choices.length >= SEARCHED_FROM;
  return (
    <Select
      id={props.id}
      value={typeof props.value === "string" ? props.value : undefined}
      onChange={(value) => props.onChange(value ?? null)}
      onBlur={props.onBlur}
      options={choices.map(({ value, title, color }) => ({ value, title, label: <Tag color={color}>{title}</Tag> }))}
      showSearch={isSearched ? { optionFilterProp: "title", searchValue: search, onSearch: setSearch } : false}
      defaultOpen={props.isInGrid}
      variant={props.isInGrid ? "borderless" : undefined}
      allowClear={!props.field.isRequired}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      placeholder={t("choose.placeholder")}
      autoFocus={props.shouldFocus}
      aria-label={props.label ?? props.field.title}
      aria-describedby={props.describedBy}
      aria-invalid={props.hasError}
      style={{ width: "100%" }}
    />
  );
}
