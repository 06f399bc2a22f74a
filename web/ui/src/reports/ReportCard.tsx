import { useQuery } from "@tanstack/react-query";
import { type JSX, useState } from "react";
import { asProblem } from "../lib/problem";
import { Card } from "../ui/Card";
import { QueryState } from "../ui/QueryState";
import { chartType } from "./chart_types";
import { ReportBody } from "./ReportBody";
import styles from "./ReportCard.module.css";
import { ReportMenu } from "./ReportMenu";
import { reportQuery } from "./report_queries";
import type { Column, Links, RunBody } from "./report_types";
import { TableSwitch } from "./TableSwitch";

interface ReportCardProps {
  readonly report: string;
  readonly title: string;
  readonly chart: string;
  readonly run: RunBody;
  readonly linksOf: (columns: readonly Column[]) => Links;
}

/** One report on a dashboard. */
export function ReportCard({ report, title, chart, run, linksOf }: ReportCardProps): JSX.Element {
  const query = useQuery(reportQuery(report, run));
  const [isTable, setTable] = useState(false);
  const { isDrawn } = chartType(chart);
  return (
    <Card
      title={<span title={title}>{title}</span>}
      extra={
        <div className={styles.actions}>
          {isDrawn ? <TableSwitch title={title} isTable={isTable} onChange={setTable} /> : null}
          <ReportMenu report={report} title={title} run={run} hasPage />
        </div>
      }
    >
      {query.error && !query.isPlaceholderData && !query.data ? (
        <p className={styles.problem} role="alert">
          {asProblem(query.error).detail}
        </p>
      ) : (
        <QueryState query={query} isCompact>
          {(result) => <ReportBody result={result} run={run} isTable={isTable} links={linksOf(result.columns)} />}
        </QueryState>
      )}
    </Card>
  );
}
