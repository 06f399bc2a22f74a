import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Drawer, Progress } from "antd";
import { Download } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { formatDecimal } from "../lib/format";
import { Moment } from "../ui/Moment";
import { ProblemPanel } from "../ui/ProblemPanel";
import { useIsMobile } from "../ui/use_is_mobile";
import { type ExportRunJson, isExporting, writtenPercent } from "./export_types";
import { cancelExport, exportFileAddress, myExportsQuery } from "./exports";
import styles from "./MyExports.module.css";

interface MyExportsProps {
  /** The export that a message led to. */
  readonly id: string;
  readonly onClose: () => void;
}

function Run({ run, isMeant }: { readonly run: ExportRunJson; readonly isMeant: boolean }): JSX.Element {
  const { t } = useTranslation("records");
  const queryClient = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelExport(run.id),
    // It may have ended meanwhile; what is true is shown either way.
    onSettled: () => queryClient.invalidateQueries({ queryKey: myExportsQuery().queryKey }),
    meta: { handlesProblem: true },
  });
  const written = formatDecimal(run.rows_written);
  const isUnderWay = isExporting(run);
  return (
    <li className={styles.run} aria-current={isMeant ? "true" : undefined}>
      <div className={styles.what}>
        <strong>{run.file_name}</strong>
        <span className={styles.facts}>
          <span>{t(`export.status.${run.status}`)}</span>
          {run.status === "completed" ? <span>{t("export.rows", { total: written })}</span> : null}
          <Moment value={run.created_at} as="ago" />
        </span>
        {run.error ? <span className={styles.error}>{run.error.detail}</span> : null}
        {isUnderWay ? (
          <>
            <Progress percent={writtenPercent(run)} status="active" aria-label={t("export.progress")} />
            {run.rows_total === null ? null : (
              <span className={styles.facts}>
                {t("export.rows_of", { written, total: formatDecimal(run.rows_total) })}
              </span>
            )}
          </>
        ) : null}
      </div>
      {run.has_file ? (
        <Button
          icon={<Download size={16} />}
          href={exportFileAddress(run.id)}
          download=""
          aria-label={t("export.download_file", { file: run.file_name })}
        >
          {t("export.download")}
        </Button>
      ) : null}
      {isUnderWay ? (
        <Button disabled={run.is_cancelled || cancel.isPending} onClick={() => cancel.mutate()}>
          {run.is_cancelled ? t("export.cancelling") : t("export.cancel")}
        </Button>
      ) : null}
    </li>
  );
}

/** One's last exports, of every list: how far they are, and their files. */
export function MyExports({ id, onClose }: MyExportsProps): JSX.Element {
  const { t } = useTranslation(["records", "ui"]);
  const isMobile = useIsMobile();
  const { data, error, refetch } = useQuery(myExportsQuery());
  return (
    <Drawer
      open
      title={t("export.mine")}
      onClose={onClose}
      size={isMobile ? "100%" : 560}
      closable={{ "aria-label": t("ui:close") }}
    >
      {error && !data ? <ProblemPanel error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <>
          <p className={styles.hint}>{data.items.length > 0 ? t("export.kept") : t("export.none")}</p>
          <ul className={styles.runs}>
            {data.items.map((run) => (
              <Run key={run.id} run={run} isMeant={run.id === id} />
            ))}
          </ul>
        </>
      ) : (
        <div aria-busy={error === null} />
      )}
    </Drawer>
  );
}
