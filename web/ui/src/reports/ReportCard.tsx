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
import type { Column, Pick, RunBody } from "./report_types";

interface ReportCardProps {
  readonly report: string;
  readonly title: string;
  readonly chart: string;
  readonly run: RunBody;
  /** A group was pressed: true where that set a shared filter, and nothing more is to be shown. */
  readonly onLink: (columns: readonly Column[], pick: Pick) => boolean;
}

/** One report on a dashboard. */
export function ReportCard({ report, title, chart, run, onLink }: ReportCardProps): JSX.Element {
  const query = useQuery(reportQuery(report, run));
  const [isTable, setTable] = useState(false);
  const { isDrawn } = chartType(chart);
  return (
    <Card
      title={<span title={title}>{title}</span>}
      extra={
        <ReportMenu
          report={report}
          title={title}
          run={run}
          isTable={isTable}
          onTable={isDrawn ? setTable : undefined}
          hasPage
        />
      }
    >
      {query.error && !query.isPlaceholderData && !query.data ? (
        <p className={styles.problem} role="alert">
          {asProblem(query.error).detail}
        </p>
      ) : (
        <QueryState query={query} isCompact>
          {(result) => (
            <ReportBody
              result={result}
              run={run}
              isTable={isTable}
              // In a drawing a press narrows the page; the table of the same report shows what is behind a figure.
              onLink={isTable || !isDrawn ? undefined : (pick) => onLink(result.columns, pick)}
            />
          )}
        </QueryState>
      )}
    </Card>
  );
}
