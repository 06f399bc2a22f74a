import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Progress } from "antd";
import { type JSX, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "../lib/query_keys";
import { ProblemPanel } from "../ui/ProblemPanel";
import styles from "./Import.module.css";
import { type ImportRunJson, isUnderWay } from "./import_types";
import { cancelImport, errorFileAddress, importQuery } from "./sheets";

interface ImportProgressProps {
  readonly form: string;
  readonly id: string;
  readonly onRestart: () => void;
}

const LOOKS = {
  queued: "active",
  running: "active",
  completed: "success",
  failed: "exception",
  cancelled: "normal",
} as const;

function percentOf({ status, rows_read, rows_total }: ImportRunJson): number {
  if (status === "completed") return 100;
  return rows_total ? Math.min(Math.round((rows_read / rows_total) * 100), 99) : 0;
}

function Faults({ run }: { readonly run: ImportRunJson }): JSX.Element | null {
  const { t } = useTranslation("records");
  if (run.errors.length === 0) return null;
  return (
    <section aria-labelledby="import-errors">
      <h3 id="import-errors">{t("import.errors")}</h3>
      <ul className={styles.faults}>
        {run.errors.map(({ line, field, code, title, detail }) => (
          <li key={`${line}/${field}/${code}`}>
            {line > 0 ? <strong>{t("import.error_at", { line })} </strong> : null}
            {title ? `${title}: ` : ""}
            {detail}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The last step: how far it is, and how it ended. It runs without us; the address finds it again. */
export function ImportProgress({ form, id, onRestart }: ImportProgressProps): JSX.Element {
  const { t } = useTranslation("records");
  const queryClient = useQueryClient();
  const [isAsked, setIsAsked] = useState(false);
  const { data: run, error, refetch } = useQuery(importQuery(id));
  const hasEnded = run !== undefined && !isUnderWay(run);
  useEffect(() => {
    if (!hasEnded) return;
    void queryClient.invalidateQueries({ queryKey: keys.records(form) });
    void queryClient.invalidateQueries({ queryKey: keys.notifications() });
  }, [hasEnded, form, queryClient]);
  if (error && !run) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (!run) return <div aria-busy="true" />;
  const cancel = async () => {
    setIsAsked(true);
    // It may have ended meanwhile; what is true is shown either way.
    await cancelImport(id).catch(() => undefined);
    await refetch();
  };
  const { rows_read: read, rows_total: total } = run;
  return (
    <div className={styles.step}>
      <h3>{run.file_name}</h3>
      <Progress percent={percentOf(run)} status={LOOKS[run.status]} aria-label={t("import.progress")} />
      <p role="status">
        <strong>{t(`import.status.${run.status}`)}</strong>
        {" · "}
        {hasEnded
          ? t("import.result", { created: run.created, updated: run.updated, failed: run.failed })
          : total
            ? t("import.rows_of", { read, total })
            : t("import.rows", { read })}
      </p>
      {hasEnded ? null : <p>{t("import.leave")}</p>}
      <Faults run={run} />
      <div className={styles.buttons}>
        {hasEnded ? (
          <Button onClick={onRestart}>{t("import.again")}</Button>
        ) : (
          <Button danger disabled={isAsked || run.is_cancelled} onClick={() => void cancel()}>
            {isAsked || run.is_cancelled ? t("import.cancelling") : t("import.cancel")}
          </Button>
        )}
        {run.has_error_file ? (
          <Button type="primary" href={errorFileAddress(run.id)} download="">
            {t("import.error_file")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
