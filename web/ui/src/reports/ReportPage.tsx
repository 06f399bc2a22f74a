import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { chartType } from "./chart_types";
import { FilterBar } from "./FilterBar";
import { ReportBody } from "./ReportBody";
import { ReportMenu } from "./ReportMenu";
import styles from "./ReportPage.module.css";
import { filtersOf, runOfReport } from "./report_filters";
import { reportQuery } from "./report_queries";
import type { ReportResult } from "./report_types";
import type { ChosenFilters } from "./shared_filters";
import { TableSwitch } from "./TableSwitch";

const route = getRouteApi("/shell/apps/$app/reports/$report");

interface FilteredProps {
  readonly name: string;
  /** The report as it is published: it says what may be filtered, and between which groups. */
  readonly whole: ReportResult;
  readonly chosen: ChosenFilters;
  readonly onChange: (chosen: ChosenFilters) => void;
  readonly isTable: boolean;
}

function Filtered({ name, whole, chosen, onChange, isTable }: FilteredProps): JSX.Element {
  const { t } = useTranslation("reports");
  const run = runOfReport(whole, chosen);
  const query = useQuery(reportQuery(name, run));
  return (
    <>
      <FilterBar filters={filtersOf(whole, t("period.title"))} chosen={chosen} onChange={onChange} />
      <div
        className={styles.body}
        data-chart={whole.report.chart}
        data-drawn={chartType(whole.report.chart).isDrawn && !isTable}
        aria-busy={query.isPlaceholderData}
      >
        <QueryState query={query}>{(result) => <ReportBody result={result} run={run} isTable={isTable} />}</QueryState>
      </div>
    </>
  );
}

/** One report with the whole page to itself. */
export function ReportPage(): JSX.Element {
  const { t } = useTranslation("reports");
  const { app, report } = route.useParams();
  const { filters: chosen = {} } = route.useSearch();
  const navigate = route.useNavigate();
  const name = `${app}.${report}`;
  const query = useQuery(reportQuery(name));
  const [isTable, setTable] = useState(false);
  const isDrawn = query.data !== undefined && chartType(query.data.report.chart).isDrawn;
  const change = (next: ChosenFilters) =>
    void navigate({ search: Object.keys(next).length > 0 ? { filters: next } : {}, replace: true });
  return (
    <Page>
      <PageHeader
        title={query.data?.report.title ?? t("report.title")}
        actions={
          query.data ? (
            <>
              {isDrawn ? <TableSwitch title={query.data.report.title} isTable={isTable} onChange={setTable} /> : null}
              <ReportMenu report={name} title={query.data.report.title} run={runOfReport(query.data, chosen)} />
            </>
          ) : null
        }
      />
      <QueryState query={query}>
        {(whole) => (
          <Filtered key={name} name={name} whole={whole} chosen={chosen} onChange={change} isTable={isTable} />
        )}
      </QueryState>
    </Page>
  );
}
