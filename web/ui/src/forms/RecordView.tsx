import type { JSX } from "react";
import { isObject, type Json, type JsonObject } from "../lib/json";
import type { Field } from "./field_type";
import { fieldType } from "./field_types";
import type { Form } from "./form_schema";
import styles from "./RecordView.module.css";
import { RowsView } from "./RowsView";
import { type Section, sectionsOf } from "./sections";

interface RecordViewProps {
  readonly form: Form;
  readonly values: JsonObject;
}

/** A record to read: sections as the form lays them out, values as lists show them, sub-tables as tables. */
export function RecordView({ form, values }: RecordViewProps): JSX.Element {
  return (
    <div className={styles.sections}>
      {sectionsOf(form).map((section) => (
        <SectionView key={section.key} section={section} values={values} />
      ))}
    </div>
  );
}

interface SectionViewProps {
  readonly section: Section;
  readonly values: JsonObject;
}

function SectionView({ section, values }: SectionViewProps): JSX.Element | null {
  const shown = section.fields.filter((field) => field.key in values);
  if (shown.length === 0) return null;
  return (
    <section className={styles.section} aria-label={section.title}>
      <h2 className={styles.heading}>{section.title}</h2>
      <dl className={styles.grid} data-columns={section.columns}>
        {shown.map((field) => (
          <div key={field.key} className={styles.item} data-wide={field.type === "table" || field.type === "long_text"}>
            <dt className={field.type === "table" ? styles.hidden : styles.label}>{field.title}</dt>
            <dd className={styles.value}>
              <Value field={field} value={values[field.key]} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface ValueProps {
  readonly field: Field;
  readonly value: Json | undefined;
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

function Value({ field, value }: ValueProps): JSX.Element {
  if (field.type === "table") {
    const rows = Array.isArray(value) ? (value.filter(isObject) as readonly JsonObject[]) : [];
    return <RowsView title={field.title} fields={field.fields} rows={rows} />;
  }
  if (isEmpty(value)) return <span className={styles.empty}>–</span>;
  const { Cell } = fieldType(field.type);
  return <Cell value={value} field={field} />;
}
