import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { ArrowRight } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { fieldType } from "../forms/field_types";
import type { Form } from "../forms/form_schema";
import type { Json } from "../lib/json";
import { Avatar } from "../ui/Avatar";
import { Card } from "../ui/Card";
import { Moment } from "../ui/Moment";
import { QueryState } from "../ui/QueryState";
import styles from "./RecordHistory.module.css";
import { type HistoryChange, type HistoryEntry, historyQuery, type RecordAnswer } from "./record_query";

const SHOWN = 5;

/** Who changed what and when, newest first. */
export function RecordHistory({ form, record }: { readonly form: Form; readonly record: RecordAnswer }): JSX.Element {
  const { t } = useTranslation("records");
  const [isLong, setLong] = useState(false);
  const history = useQuery(historyQuery(form.name, record.id ?? "", record.version));
  return (
    <Card title={t("record.history")}>
      <QueryState query={history} isCompact>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.none}>{t("record.history_none")}</p>
          ) : (
            <ol className={styles.entries}>
              {(isLong ? items : items.slice(0, SHOWN)).map((entry) => (
                <Entry key={entry.id} form={form} entry={entry} />
              ))}
              {!isLong && items.length > SHOWN ? (
                <Button type="link" size="small" onClick={() => setLong(true)}>
                  {t("record.history_more")}
                </Button>
              ) : null}
            </ol>
          )
        }
      </QueryState>
    </Card>
  );
}

function Entry({ form, entry }: { readonly form: Form; readonly entry: HistoryEntry }): JSX.Element {
  const { t } = useTranslation("records");
  return (
    <li className={styles.entry}>
      <Avatar name={entry.by?.title ?? "?"} size={26} />
      <div className={styles.body}>
        <p className={styles.head}>
          <span className={styles.who}>{entry.by?.title}</span>
          <span>{t(`history.${entry.action}`)}</span>
          {entry.by_platform ? <span className={styles.faint}>{t("history.platform")}</span> : null}
          <span className={styles.faint}>
            <Moment value={entry.at} as="ago" />
          </span>
        </p>
        {entry.action === "update" ? (
          <ul className={styles.changes}>
            {entry.changes.map((change) => (
              <Change key={change.field} form={form} change={change} />
            ))}
          </ul>
        ) : null}
      </div>
    </li>
  );
}

function Change({ form, change }: { readonly form: Form; readonly change: HistoryChange }): JSX.Element {
  const { t } = useTranslation("records");
  return (
    <li className={styles.change}>
      <span className={styles.field}>{change.title}</span>
      <Side form={form} field={change.field} value={change.before} />
      <ArrowRight size={13} className={styles.arrow} aria-label={t("history.to")} />
      <Side form={form} field={change.field} value={change.after} />
    </li>
  );
}

interface SideProps {
  readonly form: Form;
  readonly field: string;
  readonly value: Json;
}

function Side({ form, field: key, value }: SideProps): JSX.Element {
  const { t } = useTranslation("records");
  const field = form.fields.find((one) => one.key === key);
  const isEmpty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  if (!field || isEmpty) return <span className={styles.faint}>{t("history.empty")}</span>;
  const { Cell } = fieldType(field.type);
  return (
    <span className={styles.side}>
      <Cell field={field} value={value} />
    </span>
  );
}
