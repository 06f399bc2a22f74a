import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { StatePanel } from "../ui/StatePanel";
import { chartType } from "./chart_types";
import styles from "./ReportBody.module.css";
import { dimensionsOf, type ReportResult } from "./report_types";

interface ReportBodyProps {
  readonly result: ReportResult;
  /** Show groups and figures as a table instead of the drawing. */
  readonly isTable: boolean;
}

/** The drawing of a result; nothing to draw says so, and what was cut is said. */
export function ReportBody({ result, isTable }: ReportBodyProps): JSX.Element {
  const { t } = useTranslation("reports");
  if (result.rows.length === 0 && dimensionsOf(result).length > 0) {
    return <StatePanel scene="empty" title={t("result.empty")} isCompact />;
  }
  const { Chart } = chartType(isTable ? "table" : result.report.chart);
  return (
    <>
      <Chart result={result} title={result.report.title} />
      {result.is_cut ? (
        <p className={styles.note}>{t("result.truncated", { count: result.rows.length })}</p>
      ) : null}
    </>
  );
}
