import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ChartColumn, Table2 } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/IconButton";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { chartType } from "./chart_types";
import { ReportBody } from "./ReportBody";
import styles from "./ReportPage.module.css";
import { reportQuery } from "./report_types";

const route = getRouteApi("/shell/apps/$app/reports/$report");

/** One report with the whole page to itself. */
export function ReportPage(): JSX.Element {
  const { t } = useTranslation("reports");
  const { app, report } = route.useParams();
  const query = useQuery(reportQuery(`${app}.${report}`));
  const [isTable, setTable] = useState(false);
  const isDrawn = query.data !== undefined && chartType(query.data.report.chart).isDrawn;
  return (
    <Page>
      <PageHeader
        title={query.data?.report.title ?? t("report.title")}
        actions={
          isDrawn ? (
            <IconButton
              label={isTable ? t("view.chart") : t("view.table")}
              icon={isTable ? <ChartColumn size={16} /> : <Table2 size={16} />}
              onClick={() => setTable(!isTable)}
            />
          ) : null
        }
      />
      <QueryState query={query}>
        {(result) => (
          <div className={styles.body} data-chart={result.report.chart}>
            <ReportBody result={result} isTable={isTable} />
          </div>
        )}
      </QueryState>
    </Page>
  );
}
