import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "../lib/json";
import { asLanguage, DEFAULT_LANGUAGE, LANGUAGE_NAMES } from "../lib/language";
import { Avatar } from "../ui/Avatar";
import { Card } from "../ui/Card";
import { Moment } from "../ui/Moment";
import { QueryState } from "../ui/QueryState";
import styles from "./people.module.css";
import { type AccountEvent, historyQuery } from "./people_types";

interface ChangeHistoryProps {
  readonly kind: "users" | "departments";
  readonly id: string;
}

/** Who changed what of an account or a department, newest first. */
export function ChangeHistory({ kind, id }: ChangeHistoryProps): JSX.Element {
  const { t } = useTranslation("people");
  const history = useQuery(historyQuery(kind, id));
  return (
    <Card title={t("history.title")}>
      <QueryState query={history} isCompact>
        {(entries) =>
          entries.length === 0 ? (
            <p className={styles.none}>{t("history.none")}</p>
          ) : (
            <ol className={styles.entries}>
              {entries.map((entry) => (
                <Entry key={entry.id} kind={kind} entry={entry} />
              ))}
            </ol>
          )
        }
      </QueryState>
    </Card>
  );
}

function Entry({ kind, entry }: { readonly kind: ChangeHistoryProps["kind"]; readonly entry: AccountEvent }) {
  const { t, i18n } = useTranslation("people");
  const own = `history.${entry.action}`;
  const key = kind === "departments" ? `history.department_${entry.action}` : own;
  const text = i18n.exists(key, { ns: "people" }) ? key : own;
  const fields = [...new Set([...Object.keys(entry.before), ...Object.keys(entry.after)])];
  return (
    <li className={styles.entry}>
      <Avatar name={entry.by.title || t("history.platform")} size={26} />
      <div>
        <p>
          <span>{entry.by.title || t("history.platform")}</span>
          <span>{i18n.exists(text, { ns: "people" }) ? t(text as "history.update") : entry.action}</span>
          <span className={styles.faint}>
            <Moment value={entry.at} as="ago" />
          </span>
        </p>
        <ul>
          {fields.map((field) => (
            <Change key={field} field={field} before={entry.before[field]} after={entry.after[field]} />
          ))}
        </ul>
      </div>
    </li>
  );
}

interface ChangeProps {
  readonly field: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

function Change({ field, before, after }: ChangeProps): JSX.Element {
  const { t, i18n } = useTranslation(["people", "ui"]);
  const key = `field.${field}`;
  const shown = (value: Json | undefined): string => {
    if (value === undefined || value === null || value === "") return t("history.empty");
    if (typeof value === "boolean") return value ? t("ui:yes") : t("ui:no");
    if (field === "language") return LANGUAGE_NAMES[asLanguage(String(value)) ?? DEFAULT_LANGUAGE];
    return Array.isArray(value) ? value.join(", ") || t("history.empty") : String(value);
  };
  return (
    <li className={styles.change}>
      <span className={styles.faint}>{i18n.exists(key, { ns: "people" }) ? t(key as "field.name") : field}</span>
      {before === undefined ? null : (
        <>
          <span>{shown(before)}</span>
          <ArrowRight size={13} role="img" aria-label={t("history.to")} />
        </>
      )}
      <span>{shown(after)}</span>
    </li>
  );
}
