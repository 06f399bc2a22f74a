import { X } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { fieldType } from "../forms/field_types";
import styles from "./ConditionChips.module.css";
import { type Condition, VALUELESS } from "./conditions";

interface ConditionChipsProps {
  /** The list was opened with an expression, from a report. */
  readonly isAsked: boolean;
  readonly onForget: () => void;
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}

function ConditionValue({ condition }: { readonly condition: Condition }): JSX.Element | null {
  if (VALUELESS.has(condition.operator)) return null;
  const { Cell } = fieldType(condition.field.type);
  return (
    <span className={styles.value}>
      <Cell value={condition.value} field={condition.field} />
    </span>
  );
}

/** The conditions in force, each to be taken away with one click. */
export function ConditionChips({ isAsked, onForget, conditions, onChange }: ConditionChipsProps): JSX.Element | null {
  const { t } = useTranslation("records");
  if (conditions.length === 0 && !isAsked) return null;
  return (
    <ul className={styles.chips} aria-label={t("filter.active")}>
      {isAsked ? (
        <li className={styles.chip}>
          <span className={styles.name}>{t("filter.from_report")}</span>
          <button
            type="button"
            className={styles.remove}
            aria-label={t("filter.remove", { name: t("filter.from_report") })}
            onClick={onForget}
          >
            <X size={13} aria-hidden="true" />
          </button>
        </li>
      ) : null}
      {conditions.map((condition, index) => {
        const name = `${condition.field.title} ${t(`operator.${condition.operator}`)}`;
        return (
          <li
            key={`${condition.field.key} ${condition.operator} ${JSON.stringify(condition.value)}`}
            className={styles.chip}
          >
            <span className={styles.name}>{name}</span>
            <ConditionValue condition={condition} />
            <button
              type="button"
              className={styles.remove}
              aria-label={t("filter.remove", { name })}
              onClick={() => onChange(conditions.toSpliced(index, 1))}
            >
              <X size={13} aria-hidden="true" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
