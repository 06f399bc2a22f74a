import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { Moment } from "../ui/Moment";
import { Tag } from "../ui/Tag";
import styles from "./RecordPage.module.css";
import type { RecordAnswer } from "./record_query";

const COLORS: Readonly<Record<string, string>> = {
  running: "blue",
  waiting: "orange",
  completed: "green",
  failed: "red",
  rejected: "red",
  cancelled: "grey",
};

/** Runs of flows on this record. */
export function RecordRuns({ record }: { readonly record: RecordAnswer }): JSX.Element {
  const { t, i18n } = useTranslation("records");
  const word = (status: string) => {
    const key = `run.${status}`;
    return i18n.exists(key, { ns: "records" }) ? t(key as "run.running") : status;
  };
  return (
    <Card title={t("record.runs")}>
      {record.instances.length === 0 ? <p className={styles.none}>{t("record.runs_none")}</p> : null}
      <ul className={styles.runs}>
        {record.instances.map((run) => (
          <li key={run.id}>
            <Link to="/instances/$instance" params={{ instance: run.id }} className={styles.run}>
              <span className={styles.runTitle}>{run.flow.title}</span>
              <Tag color={COLORS[run.status]}>{word(run.status)}</Tag>
              <span className={styles.when}>
                <Moment value={run.started_at} as="ago" />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
