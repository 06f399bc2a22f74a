import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Tabs } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../forms/field_type";
import { fieldType } from "../forms/field_types";
import { type Form, formQuery } from "../forms/form_schema";
import { splitName } from "../lib/api";
import type { RecordJson } from "../lib/record_types";
import { Card } from "../ui/Card";
import { QueryState } from "../ui/QueryState";
import styles from "./RecordRelated.module.css";
import { RELATED_SHOWN, type RecordAnswer, type Related, relatedQuery } from "./record_query";

const MOST_COLUMNS = 6;

/** Records of other forms that point here, each form as a tab with its first rows. */
export function RecordRelated({ record }: { readonly record: RecordAnswer }): JSX.Element | null {
  const { t } = useTranslation("records");
  const found = record.related.filter((one) => one.count > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  if (found.length === 0) return null;
  const keyOf = (one: Related) => `${one.form}/${one.field}`;
  const open = found.find((one) => keyOf(one) === chosen) ?? found[0];
  return (
    <Card title={t("record.related")}>
      <Tabs
        className={styles.tabs}
        size="small"
        activeKey={open ? keyOf(open) : undefined}
        onChange={setChosen}
        items={found.map((one) => ({
          key: keyOf(one),
          label: (
            <span>
              {one.title} <span className={styles.count}>{one.count}</span>
            </span>
          ),
          children: open === one ? <RelatedRows related={one} id={record.id ?? ""} title={record.title} /> : null,
        }))}
      />
    </Card>
  );
}

interface RelatedRowsProps {
  readonly related: Related;
  readonly id: string;
  /** Of the record that they point to. */
  readonly title: string;
}

function RelatedRows({ related, id, title }: RelatedRowsProps): JSX.Element {
  const form = useQuery(formQuery(related.form));
  return (
    <QueryState query={form} isCompact>
      {(shape) => <RelatedTable form={shape} related={related} id={id} title={title} />}
    </QueryState>
  );
}

/** What the form's first view shows, without the column that would say this record in every row. */
function columnsOf(form: Form, related: Related): readonly Field[] {
  const wanted = form.options.views?.[0]?.columns ?? form.fields.map(({ key }) => key);
  const fields = wanted.flatMap((key) => form.fields.find((field) => field.key === key) ?? []);
  return fields.filter(({ key, type }) => key !== related.field && !fieldType(type).isBulky).slice(0, MOST_COLUMNS);
}

interface RelatedTableProps extends RelatedRowsProps {
  readonly form: Form;
}

function RelatedTable({ form, related, id, title }: RelatedTableProps): JSX.Element {
  const { t } = useTranslation("records");
  const columns = columnsOf(form, related);
  const rows = useQuery(
    relatedQuery(
      related,
      id,
      columns.map(({ key }) => key),
    ),
  );
  const [app, key] = splitName(related.form);
  return (
    <QueryState query={rows} isCompact>
      {({ items }) => (
        <>
          <div className={styles.scroll}>
            <table className={styles.table}>
              <thead>
                <tr>
                  {columns.map((field) => (
                    <th key={field.key} scope="col" data-align={fieldType(field.type).align}>
                      {field.title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {items.map((row) => (
                  <RelatedRow key={row.id} app={app} form={key} row={row} columns={columns} />
                ))}
              </tbody>
            </table>
          </div>
          {related.count > RELATED_SHOWN ? (
            <Link
              className={styles.all}
              to="/apps/$app/forms/$form"
              params={{ app, form: key }}
              search={{ where: [[related.field, "is", { id, title }]] }}
            >
              {t("record.related_all", { count: related.count })}
            </Link>
          ) : null}
        </>
      )}
    </QueryState>
  );
}

interface RelatedRowProps {
  readonly app: string;
  readonly form: string;
  readonly row: RecordJson;
  readonly columns: readonly Field[];
}

function RelatedRow({ app, form, row, columns }: RelatedRowProps): JSX.Element {
  return (
    <tr>
      {columns.map((field, index) => {
        const { Cell, align } = fieldType(field.type);
        const cell = <Cell field={field} value={row.values[field.key]} />;
        return (
          <td key={field.key} data-align={align} data-label={field.title}>
            {index === 0 ? (
              <Link to="/apps/$app/forms/$form/$record" params={{ app, form, record: row.id ?? "" }}>
                {row.values[field.key] === null ? row.title : cell}
              </Link>
            ) : (
              cell
            )}
          </td>
        );
      })}
    </tr>
  );
}
