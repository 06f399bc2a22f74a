import { Button, Select } from "antd";
import { Plus, Trash2 } from "lucide-react";
import { type JSX, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { FieldInput } from "../forms/FieldInput";
import type { Field } from "../forms/field_type";
import { IconButton } from "../ui/IconButton";
import { type Condition, isComplete, operatorsOf, VALUELESS } from "./conditions";
import styles from "./FilterEditor.module.css";

export interface FilterEditorProps {
  readonly form: string;
  readonly fields: readonly Field[];
  readonly conditions: readonly Condition[];
  readonly onApply: (conditions: readonly Condition[]) => void;
}

function conditionOn(field: Field): Condition {
  const [operator = "is"] = operatorsOf(field);
  return { field, operator, value: undefined };
}

interface LineProps {
  readonly form: string;
  readonly fields: readonly Field[];
  readonly condition: Condition;
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: () => void;
}

function Line({ form, fields, condition, onChange, onRemove }: LineProps): JSX.Element {
  const { t } = useTranslation("records");
  const id = useId();
  // A filter may ask for what nobody can edit, and may ask for nothing yet.
  const asked: Field = { ...condition.field, isReadOnly: false, isRequired: false };
  return (
    <div className={styles.line}>
      <Select
        className={styles.field}
        value={condition.field.key}
        options={fields.map((field) => ({ value: field.key, label: field.title }))}
        onChange={(key) => {
          const field = fields.find((one) => one.key === key);
          if (field) onChange(conditionOn(field));
        }}
        showSearch={{ optionFilterProp: "label" }}
        aria-label={t("filter.field")}
      />
      <Select
        className={styles.operator}
        value={condition.operator}
        options={operatorsOf(condition.field).map((one) => ({ value: one, label: t(`operator.${one}`) }))}
        onChange={(operator) => onChange({ ...condition, operator })}
        aria-label={t("filter.operator")}
      />
      <div className={styles.value}>
        {VALUELESS.has(condition.operator) ? null : (
          <FieldInput
            id={id}
            key={condition.field.key}
            field={asked}
            form={form}
            value={condition.value}
            onChange={(value) => onChange({ ...condition, value })}
            label={t("filter.value", { field: condition.field.title })}
          />
        )}
      </div>
      <IconButton label={t("filter.remove_line")} icon={<Trash2 size={16} />} onClick={onRemove} />
    </div>
  );
}

/** All conditions of the list at once; nothing is asked until they are applied. */
export function FilterEditor({ form, fields, conditions, onApply }: FilterEditorProps): JSX.Element {
  const { t } = useTranslation("records");
  const askable = fields.filter((field) => operatorsOf(field).length > 0);
  const [first] = askable;
  const [draft, setDraft] = useState<readonly Condition[]>(
    conditions.length > 0 || !first ? conditions : [conditionOn(first)],
  );
  return (
    <form
      className={styles.editor}
      aria-label={t("filter")}
      onSubmit={(event) => {
        event.preventDefault();
        onApply(draft.filter(isComplete));
      }}
    >
      {draft.length === 0 ? <p className={styles.hint}>{t("filter.none")}</p> : null}
      {draft.map((condition, index) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
          key={index}
          form={form}
          fields={askable}
          condition={condition}
          onChange={(next) => setDraft(draft.toSpliced(index, 1, next))}
          onRemove={() => setDraft(draft.toSpliced(index, 1))}
        />
      ))}
      <footer className={styles.footer}>
        <Button
          type="text"
          icon={<Plus size={15} />}
          disabled={!first}
          onClick={() => first && setDraft([...draft, conditionOn(first)])}
        >
          {t("filter.add")}
        </Button>
        <span className={styles.space} />
        <Button onClick={() => onApply([])}>{t("filter.clear")}</Button>
        <Button type="primary" htmlType="submit">
          {t("filter.apply")}
        </Button>
      </footer>
    </form>
  );
}
