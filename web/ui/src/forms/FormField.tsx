import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "../lib/json";
import { FieldInput } from "./FieldInput";
import styles from "./FormField.module.css";
import type { Field } from "./field_type";
import { fieldType } from "./field_types";
import type { Path } from "./runtime/paths";
import { useFieldState, useMessage, useStore, useValue } from "./runtime/use_record";
import { TableField } from "./TableField";

interface FormFieldProps {
  readonly field: Field;
  readonly path: Path;
}

const WIDE = new Set(["table", "long_text"]);

/** One field while its record is edited: label, input or computed value, hint, message. Draws again alone. */
export function FormField({ field, path }: FormFieldProps): JSX.Element | null {
  const { t } = useTranslation("forms");
  const store = useStore();
  const state = useFieldState(path);
  const message = useMessage(path);
  if (state && !state.visible) return null;
  const id = store.inputId(path);
  const isRequired = state?.required ?? field.isRequired;
  const isReadOnly = field.isReadOnly || (state?.read_only ?? false);
  if (field.type === "table") {
    return (
      <div className={styles.field} data-wide="true">
        <TableField field={field} isReadOnly={isReadOnly} message={message} />
      </div>
    );
  }
  return (
    <div className={styles.field} data-wide={WIDE.has(field.type)}>
      <label htmlFor={id} id={`${id}-label`} className={styles.label}>
        {field.title}
        {isRequired && !isReadOnly ? (
          <span className={styles.required} title={t("field.required")}>
            *
          </span>
        ) : null}
      </label>
      {isReadOnly ? <Shown field={field} path={path} id={id} /> : <Entry field={field} path={path} id={id} />}
      <p id={`${id}-note`} className={message ? styles.error : styles.hint}>
        {message ?? field.description}
      </p>
    </div>
  );
}

interface PartProps {
  readonly field: Field;
  readonly path: Path;
  readonly id: string;
}

function Entry({ field, path, id }: PartProps): JSX.Element {
  const store = useStore();
  const value = useValue(path);
  const hasError = useMessage(path) !== undefined;
  return (
    <FieldInput
      id={id}
      field={field}
      form={store.form.name}
      value={value}
      onChange={(next) => store.set(path, next)}
      onBlur={() => store.visit(path)}
      onFill={(values) => store.fill(path, values)}
      hasError={hasError}
      describedBy={`${id}-note`}
    />
  );
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

function Shown({ field, path, id }: PartProps): JSX.Element {
  const { t } = useTranslation("forms");
  const value = useValue(path);
  const { Cell, align } = fieldType(field.type);
  return (
    <output id={id} className={styles.shown} data-align={align} aria-labelledby={`${id}-label`}>
      {isEmpty(value) ? (
        <span className={styles.faint}>{field.type === "serial" ? t("field.assigned") : "–"}</span>
      ) : (
        <Cell value={value} field={field} />
      )}
    </output>
  );
}
