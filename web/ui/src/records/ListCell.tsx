import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Field } from "../forms/field_type";
import { fieldType } from "../forms/field_types";
import { splitName } from "../lib/api";
import type { RecordJson } from "../lib/record_types";
import styles from "./ListCell.module.css";
import { recordValue } from "./system_fields";

interface ListCellProps {
  readonly record: RecordJson;
  readonly field: Field;
  /** The first cell of a row is its link, for the keyboard and for new tabs. */
  readonly isLink: boolean;
  readonly form: string;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

export function ListCell({ record, field, isLink, form }: ListCellProps): JSX.Element {
  const { Cell } = fieldType(field.type);
  const value = recordValue(record, field.key);
  const content = isEmpty(value) ? <span className={styles.empty}>–</span> : <Cell value={value} field={field} />;
  if (!isLink || !record.id) return content;
  const [app, key] = splitName(form);
  return (
    <Link
      className={styles.link}
      to="/apps/$app/forms/$form/$record"
      params={{ app, form: key, record: record.id }}
      aria-label={isEmpty(value) ? record.title : undefined}
    >
      {content}
    </Link>
  );
}
