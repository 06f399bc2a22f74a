import { useQuery } from "@tanstack/react-query";
import { ChartColumn, Table2 } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../lib/problem";
import { Card } from "../ui/Card";
import { IconButton } from "../ui/IconButton";
import { QueryState } from "../ui/QueryState";
import { chartType } from "./chart_types";
import { ReportBody } from "./ReportBody";
import styles from "./ReportCard.module.css";
import { reportQuery } from "./report_types";

interface ReportCardProps {
  readonly report: string;
  readonly title: string;
  readonly chart: string;
}

/** One report on a dashboard. */
export function ReportCard({ report, title, chart }: ReportCardProps): JSX.Element {
  const { t } = useTranslation("reports");
  const query = useQuery(reportQuery(report));
  const [isTable, setTable] = useState(false);
  const { isDrawn } = chartType(chart);
  return (
    <Card
      title={title}
      extra={
        isDrawn ? (
          <IconButton
            label={isTable ? t("view.chart") : t("view.table")}
            icon={isTable ? <ChartColumn size={16} /> : <Table2 size={16} />}
            onClick={() => setTable(!isTable)}
          />
        ) : null
      }
    >
      {query.error && !query.data ? (
        <p className={styles.problem} role="alert">
          {asProblem(query.error).detail}
        </p>
      ) : (
        <QueryState query={query} isCompact>
          {(result) => <ReportBody result={result} isTable={isTable} />}
        </QueryState>
      )}
    </Card>
  );
}
