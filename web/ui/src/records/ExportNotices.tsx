import { useMutation } from "@tanstack/react-query";
import { Button, Progress } from "antd";
import { X } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { formatDecimal } from "../lib/format";
import { IconButton } from "../ui/IconButton";
import styles from "./ExportNotices.module.css";
import { type ExportRunJson, writtenPercent } from "./export_types";
import { cancelExport, leaveExport, useFollowedExports } from "./exports";

function Notice({ run }: { readonly run: ExportRunJson }): JSX.Element {
  const { t } = useTranslation("records");
  // It may have ended meanwhile: the next look tells what is true.
  const cancel = useMutation({ mutationFn: () => cancelExport(run.id), meta: { handlesProblem: true } });
  const isStopping = run.is_cancelled || cancel.isPending || cancel.isSuccess;
  return (
    <li className={styles.notice}>
      <div className={styles.head}>
        <strong>{t("export.under_way", { file: run.file_name })}</strong>
        <IconButton
          label={t("export.leave", { file: run.file_name })}
          icon={<X size={16} />}
          onClick={() => leaveExport(run.id)}
        />
      </div>
      <Progress percent={writtenPercent(run)} status="active" aria-label={t("export.progress")} />
      <div className={styles.foot}>
        <span>
          {run.rows_total === null
            ? t("export.status.queued")
            : t("export.rows_of", { written: formatDecimal(run.rows_written), total: formatDecimal(run.rows_total) })}
        </span>
        <Button size="small" disabled={isStopping} onClick={() => cancel.mutate()}>
          {isStopping ? t("export.cancelling") : t("export.cancel")}
        </Button>
      </div>
      <p className={styles.hint}>{t("export.goes_on")}</p>
    </li>
  );
}

/** How far the exports are that this page waits for. */
export function ExportNotices(): JSX.Element {
  const { t } = useTranslation("records");
  const runs = useFollowedExports((state) => state.runs);
  return (
    <section aria-label={t("export.notices")}>
      <ol className={styles.list}>
        {runs.map((run) => (
          <Notice key={run.id} run={run} />
        ))}
      </ol>
    </section>
  );
}
