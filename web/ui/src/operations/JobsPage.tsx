import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { RefreshCw } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { DeadJobs } from "./DeadJobs";
import { HealthCard } from "./HealthCard";
import { OpenEffects } from "./OpenEffects";
import { Workers } from "./Workers";
import { overviewQuery, WORK_KEY } from "./work_types";

/** The background work, for administrators: how it goes, what failed, who works. Reads itself again by itself. */
export function JobsPage(): JSX.Element {
  const { t } = useTranslation("operations");
  const client = useQueryClient();
  const query = useQuery(overviewQuery);
  return (
    <Page>
      <PageHeader
        title={t("title")}
        actions={
          <Button
            icon={<RefreshCw size={16} aria-hidden />}
            onClick={() => void client.invalidateQueries({ queryKey: WORK_KEY })}
          >
            {t("refresh")}
          </Button>
        }
      />
      <QueryState query={query}>
        {(overview) => (
          <>
            <HealthCard overview={overview} />
            <DeadJobs kinds={overview.kinds} />
            <OpenEffects />
            <Workers workers={overview.workers} />
          </>
        )}
      </QueryState>
    </Page>
  );
}
