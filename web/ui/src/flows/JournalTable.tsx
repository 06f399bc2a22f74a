import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { splitName } from "../lib/api";
import type { Json } from "../lib/json";
import { isReference } from "../lib/record_types";
import { StatePanel } from "../ui/StatePanel";
import type { JournalEntry } from "./flow_types";
import styles from "./JournalTable.module.css";

interface JournalTableProps {
  readonly journal: readonly JournalEntry[];
}

/** Every row that a run changed, with what it was before. */
export function JournalTable({ journal }: JournalTableProps): JSX.Element {
  const { t } = useTranslation("flows");
  if (journal.length === 0) return <StatePanel scene="empty" title={t("run.no_journal")} isCompact />;
  return (
    <ul className={styles.list}>
      {journal.map((entry) => (
        <li key={entry.seq}>
          <Heading entry={entry} />
          {entry.changes?.length ? (
            <dl className={styles.changes}>
              {entry.changes.map((change) => (
                <div key={change.field}>
                  <dt>{change.title}</dt>
                  <dd>
                    {entry.action === "create" ? null : (
                      <>
                        <del>{shown(change.before) || t("empty")}</del> →{" "}
                      </>
                    )}
                    <ins>{shown(change.after) || t("empty")}</ins>
                  </dd>
                </div>
              ))}
            </dl>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Heading({ entry }: { readonly entry: JournalEntry }): JSX.Element {
  const { t } = useTranslation("flows");
  const [app, form] = splitName(entry.form);
  return (
    <p className={styles.heading}>
      <span className={styles.action}>{t(`action.${entry.action}`)}</span>
      <span className={styles.form}>{entry.form_title ?? entry.form}</span>
      <Link to="/apps/$app/forms/$form/$record" params={{ app, form, record: entry.record_id }}>
        {entry.record_title || entry.record_id}
      </Link>
    </p>
  );
}

function shown(value: Json): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(shown).join(", ");
  if (isReference(value)) return value.title;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
