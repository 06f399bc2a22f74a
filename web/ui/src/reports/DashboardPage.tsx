import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import type { CSSProperties, JSX } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/IconButton";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import styles from "./DashboardPage.module.css";
import { FilterBar } from "./FilterBar";
import { ReportCard } from "./ReportCard";
import { dashboardQuery } from "./report_queries";
import type { Dashboard, DashboardItem } from "./report_types";
import { type ChosenFilters, isLinked, linked, runOf } from "./shared_filters";

const route = getRouteApi("/shell/apps/$app/dashboards/$dashboard");

/** Reading order on a phone, and for those who hear the page: row by row, left to right. */
function inOrder(items: readonly DashboardItem[]): readonly DashboardItem[] {
  return [...items].sort((one, other) => one.y - other.y || one.x - other.x);
}

function place(item: DashboardItem): CSSProperties {
  return { "--x": item.x, "--y": item.y, "--w": item.w, "--h": item.h } as CSSProperties;
}

interface GridProps {
  readonly dashboard: Dashboard;
  readonly chosen: ChosenFilters;
  readonly onChange: (chosen: ChosenFilters) => void;
}

function Grid({ dashboard, chosen, onChange }: GridProps): JSX.Element {
  return (
    <>
      <FilterBar filters={dashboard.filters ?? []} chosen={chosen} onChange={onChange} />
      <div className={styles.grid}>
        {inOrder(dashboard.items).map((item) => (
          <div key={item.key} className={styles.cell} style={place(item)} data-chart={item.chart}>
            <ReportCard
              report={item.report}
              title={item.title}
              chart={item.chart}
              run={runOf(dashboard, item, chosen)}
              linksOf={(columns) => ({
                dimensions: Object.keys(item.links ?? {}),
                isSet: (pick) => isLinked(dashboard, item, columns, pick, chosen),
                press: (pick) => {
                  const next = linked(dashboard, item, columns, pick, chosen);
                  if (next) onChange(next);
                  return next !== null;
                },
              })}
            />
          </div>
        ))}
      </div>
    </>
  );
}

/** A page of reports on a grid of twelve columns, with filters that all of them share. */
export function DashboardPage(): JSX.Element {
  const { t } = useTranslation("reports");
  const { app, dashboard } = route.useParams();
  const { filters: chosen = {} } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(dashboardQuery(`${app}.${dashboard}`));
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: ["reports"] });
  const change = (next: ChosenFilters) =>
    void navigate({ search: Object.keys(next).length > 0 ? { filters: next } : {}, replace: true });
  return (
    <Page>
      <PageHeader
        title={query.data?.title ?? t("dashboard.title")}
        actions={<IconButton label={t("updated")} icon={<RotateCw size={16} />} onClick={refresh} />}
      />
      <QueryState query={query}>
        {(found) =>
          found.items.length === 0 ? (
            <StatePanel scene="empty" title={t("dashboard.empty")} detail={t("dashboard.empty_detail")} />
          ) : (
            <Grid dashboard={found} chosen={chosen} onChange={change} />
          )
        }
      </QueryState>
    </Page>
  );
}
