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
import { ReportCard } from "./ReportCard";
import { type DashboardItem, dashboardQuery } from "./report_types";

const route = getRouteApi("/shell/apps/$app/dashboards/$dashboard");

/** Reading order on a phone, and for those who hear the page: row by row, left to right. */
function inOrder(items: readonly DashboardItem[]): readonly DashboardItem[] {
  return [...items].sort((one, other) => one.y - other.y || one.x - other.x);
}

function place(item: DashboardItem): CSSProperties {
  return { "--x": item.x, "--y": item.y, "--w": item.w, "--h": item.h } as CSSProperties;
}

/** A page of reports on a grid of twelve columns. */
export function DashboardPage(): JSX.Element {
  const { t } = useTranslation("reports");
  const { app, dashboard } = route.useParams();
  const query = useQuery(dashboardQuery(`${app}.${dashboard}`));
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: ["reports"] });
  return (
    <Page>
      <PageHeader
        title={query.data?.title ?? t("dashboard.title")}
        actions={<IconButton label={t("updated")} icon={<RotateCw size={16} />} onClick={refresh} />}
      />
      <QueryState query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <StatePanel scene="empty" title={t("dashboard.empty")} detail={t("dashboard.empty_detail")} />
          ) : (
            <div className={styles.grid}>
              {inOrder(items).map((item) => (
                <div key={item.key} className={styles.cell} style={place(item)} data-chart={item.chart}>
                  <ReportCard report={item.report} title={item.title} chart={item.chart} />
                </div>
              ))}
            </div>
          )
        }
      </QueryState>
    </Page>
  );
}
