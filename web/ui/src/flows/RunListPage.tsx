import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { runListQuery } from "./flow_types";
import { RunTable } from "./RunTable";
import styles from "./TaskInboxPage.module.css";

const STATUSES = ["running", "waiting", "completed", "failed", "cancelled"] as const;

/** Every run that the reader may see, newest first. */
export function RunListPage(): JSX.Element {
  const { t } = useTranslation("flows");
  const [status, setStatus] = useState("");
  const query = useInfiniteQuery(runListQuery(status || undefined));
  return (
    <Page>
      <PageHeader
        title={t("runs.title")}
        actions={
          <Select
            aria-label={t("runs.status")}
            value={status}
            onChange={setStatus}
            style={{ width: 140 }}
            options={[
              { value: "", label: t("runs.all") },
              ...STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
            ]}
          />
        }
      />
      <div className={styles.surface}>
        <QueryState query={query}>
          {({ pages }) => {
            const runs = pages.flatMap((page) => page.items);
            return runs.length > 0 ? (
              <RunTable runs={runs} />
            ) : (
              <StatePanel scene="empty" title={t("runs.empty")} detail={t("runs.empty_detail")} />
            );
          }}
        </QueryState>
      </div>
      {query.hasNextPage ? (
        <Button className={styles.more} onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("inbox.more")}
        </Button>
      ) : null}
    </Page>
  );
}
