import { Switch } from "antd";
import { Check } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";
import { booleanLiteral } from "../literals";

function Cell({ value }: CellProps): JSX.Element | null {
  const { t } = useTranslation("ui");
  if (value === null || value === undefined) return null;
  if (value !== true) return <span className={styles.faint}>{t("no")}</span>;
  return (
    <span className={`${styles.inline} ${styles.yes}`}>
      <Check size={15} aria-hidden="true" />
      {t("yes")}
    </span>
  );
}

function Input(props: InputProps): JSX.Element {
  return (
    <Switch
      id={props.id}
      checked={props.value === true}
      onChange={(isOn) => props.onChange(isOn)}
      disabled={props.isDisabled}
      autoFocus={props.shouldFocus}
      aria-label={props.label}
      aria-describedby={props.describedBy}
    />
  );
}

export const fieldType: FieldType = {
  name: "boolean",
  Cell,
  Input,
  width: 90,
  isSortable: true,
  filter: { operators: ["is"], literal: booleanLiteral },
};
