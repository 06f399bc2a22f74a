import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { taskListQuery } from "./flow_types";
import styles from "./TaskInboxPage.module.css";
import { TaskList } from "./TaskList";

type Box = "open" | "done";

/** What waits for one's decision, over all apps; and what one has decided. */
export function TaskInboxPage(): JSX.Element {
  const { t } = useTranslation("flows");
  const [box, setBox] = useState<Box>("open");
  const query = useInfiniteQuery(taskListQuery(box));
  return (
    <Page width="reading">
      <PageHeader title={t("inbox.title")} />
      <Segmented<Box>
        className={styles.boxes}
        value={box}
        onChange={setBox}
        options={[
          { value: "open", label: t("inbox.open") },
          { value: "done", label: t("inbox.done") },
        ]}
      />
      <div className={styles.surface}>
        <QueryState query={query}>
          {({ pages }) => {
            const tasks = pages.flatMap((page) => page.items);
            if (tasks.length > 0) return <TaskList tasks={tasks} />;
            return box === "open" ? (
              <StatePanel scene="done" title={t("inbox.empty")} detail={t("inbox.empty_detail")} />
            ) : (
              <StatePanel scene="empty" title={t("inbox.none_done")} detail={t("inbox.none_done_detail")} />
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
