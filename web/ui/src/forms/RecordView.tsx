import { Link } from "@tanstack/react-router";
import { Paperclip } from "lucide-react";
import type { JSX } from "react";
import { splitName } from "../lib/api";
import { isObject, type Json, type JsonObject } from "../lib/json";
import { isReference } from "../lib/record_types";
import { useSession } from "../lib/session";
import type { Field } from "./field_type";
import { fieldType } from "./field_types";
import { filesOf } from "./files";
import type { Form } from "./form_schema";
import styles from "./RecordView.module.css";
import { RowsView } from "./RowsView";
import { type Section, sectionsOf } from "./sections";

interface RecordViewProps {
  readonly form: Form;
  readonly values: JsonObject;
  /** Keys of fields that the form's rules hide now. */
  readonly hidden?: ReadonlySet<string>;
}

/** A record to read: sections as the form lays them out, values as lists show them, sub-tables as tables. */
export function RecordView({ form, values, hidden }: RecordViewProps): JSX.Element {
  return (
    <div className={styles.sections}>
      {sectionsOf(form).map((section) => (
        <SectionView key={section.key} section={section} values={values} hidden={hidden} />
      ))}
    </div>
  );
}

interface SectionViewProps {
  readonly section: Section;
  readonly values: JsonObject;
  readonly hidden: ReadonlySet<string> | undefined;
}

function SectionView({ section, values, hidden }: SectionViewProps): JSX.Element | null {
  const shown = section.fields.filter((field) => field.key in values && !hidden?.has(field.key));
  if (shown.length === 0) return null;
  return (
    <section className={styles.section} aria-label={section.title}>
      {section.title ? <h2 className={styles.heading}>{section.title}</h2> : null}
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
  if (field.type === "file") return <FileLinks value={value} />;
  if (field.type === "relation" && isReference(value)) {
    return <RelationLink form={String(field.options.form ?? "")} id={value.id} title={value.title} />;
  }
  // On a page of its own a long text is read whole.
  if (field.type === "long_text" || field.type === "text") return <>{String(value)}</>;
  const { Cell } = fieldType(field.type);
  return <Cell value={value} field={field} />;
}

interface RelationLinkProps {
  readonly form: string;
  readonly id: string;
  readonly title: string;
}

/** A related record leads to its page, for those who may open it. */
function RelationLink({ form, id, title }: RelationLinkProps): JSX.Element {
  const mayOpen = form in useSession().forms;
  if (!mayOpen) return <>{title}</>;
  const [app, key] = splitName(form);
  return (
    <Link to="/apps/$app/forms/$form/$record" params={{ app, form: key, record: id }}>
      {title}
    </Link>
  );
}

function FileLinks({ value }: { readonly value: Json | undefined }): JSX.Element {
  return (
    <ul>
      {filesOf(value).map((file) => (
        <li key={file.id} className={styles.file}>
          <Paperclip size={14} aria-hidden="true" />
          <a href={`/api/files/${file.id}`} target="_blank" rel="noreferrer">
            {file.title}
          </a>
        </li>
      ))}
    </ul>
  );
}
