import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import type { Field } from "../forms/field_type";
import { fieldType } from "../forms/field_types";
import { splitName } from "../lib/api";
import type { RecordJson } from "../lib/record_types";
import styles from "./ListCards.module.css";
import { ListCell } from "./ListCell";
import { type ListRowsProps, rowKey } from "./list_rows";
import { recordValue } from "./system_fields";

const MOST_LINES = 4;

interface CardProps {
  readonly record: RecordJson;
  readonly columns: readonly Field[];
  readonly form: string;
}

function Card({ record, columns, form }: CardProps): JSX.Element {
  const status = columns.find((field) => field.type === "select" && recordValue(record, field.key));
  const [first] = columns;
  const lines = columns.filter((field) => field !== status && field !== first).slice(0, MOST_LINES);
  const Status = status ? fieldType(status.type).Cell : null;
  return (
    <>
      <div className={styles.head}>
        <span className={styles.title}>
          {record.title || (first ? <ListCell record={record} field={first} isLink={false} form={form} /> : null)}
        </span>
        {Status && status ? <Status value={recordValue(record, status.key)} field={status} /> : null}
      </div>
      <dl className={styles.lines}>
        {lines.map((field) => (
          <div key={field.key} className={styles.line}>
            <dt>{field.title}</dt>
            <dd>
              <ListCell record={record} field={field} isLink={false} form={form} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The list where a table has no room: one card a record, the whole card is its link. */
export function ListCards({ list, items, onOpen }: ListRowsProps): JSX.Element {
  const [app, form] = splitName(list.form.name);
  return (
    <ul className={styles.cards}>
      {items.map((record) => (
        <li key={rowKey(record)}>
          {onOpen && record.id ? (
            <Link className={styles.card} to="/apps/$app/forms/$form/$record" params={{ app, form, record: record.id }}>
              <Card record={record} columns={list.columns} form={list.form.name} />
            </Link>
          ) : (
            <div className={styles.card}>
              <Card record={record} columns={list.columns} form={list.form.name} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
