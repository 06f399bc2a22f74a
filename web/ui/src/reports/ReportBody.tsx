import { type JSX, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { StatePanel } from "../ui/StatePanel";
import { BehindDrawer } from "./BehindDrawer";
import { chartType } from "./chart_types";
import styles from "./ReportBody.module.css";
import { dimensionsOf, type Links, type Pick, type ReportResult, type RunBody } from "./report_types";

interface ReportBodyProps {
  readonly result: ReportResult;
  /** What was asked beyond the report as it is published. */
  readonly run: RunBody;
  /** Show groups and figures as a table instead of the drawing. */
  readonly isTable: boolean;
  /** Groups that narrow the page: in a drawing by a press on them, in a table by their names. */
  readonly links?: Links;
}

/** The drawing of a result; nothing to draw says so, what was cut is said, and a figure shows what is behind it. */
export function ReportBody({ result, run, isTable, links }: ReportBodyProps): JSX.Element {
  const { t } = useTranslation("reports");
  const [picked, setPicked] = useState<Pick | null>(null);
  const { Chart, isDrawn } = chartType(isTable ? "table" : result.report.chart);
  const press = useCallback(
    (pick: Pick) => {
      if (!isDrawn || !links?.press(pick)) setPicked(pick);
    },
    [links, isDrawn],
  );
  if (result.rows.length === 0 && dimensionsOf(result).length > 0) {
    return <StatePanel scene="empty" title={t("result.empty")} isCompact />;
  }
  return (
    <>
      <Chart result={result} title={result.report.title} onPick={press} links={links} />
      {result.is_cut ? <p className={styles.note}>{t("result.truncated", { count: result.rows.length })}</p> : null}
      {picked ? (
        <BehindDrawer
          report={result.report.key}
          title={result.report.title}
          run={run}
          pick={picked}
          onClose={() => setPicked(null)}
        />
      ) : null}
    </>
  );
}
