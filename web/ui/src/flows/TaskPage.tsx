import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { Moment } from "../ui/Moment";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { Person } from "../ui/Person";
import { QueryState } from "../ui/QueryState";
import { DecisionBar } from "./DecisionBar";
import { runQuery, type Task, taskQuery } from "./flow_types";
import { LazyFlowPicture } from "./LazyFlowPicture";
import { StatusTag } from "./StatusTag";
import styles from "./TaskPage.module.css";
import { TaskRecord } from "./TaskRecord";
import { TaskTimeline } from "./TaskTimeline";

const route = getRouteApi("/shell/tasks/$task");

/** One decision: what it is about, where the run stands, and the buttons. */
export function TaskPage(): JSX.Element {
  const { task } = route.useParams();
  const query = useQuery(taskQuery(task));
  return (
    <Page>
      <QueryState query={query}>{(found) => <TaskBody key={found.id} task={found} />}</QueryState>
    </Page>
  );
}

function TaskBody({ task }: { readonly task: Task }): JSX.Element {
  const { t } = useTranslation("flows");
  const run = useQuery(runQuery(task.instance));
  return (
    <>
      <PageHeader
        eyebrow={
          <>
            <Link to="/tasks">{t("inbox.title")}</Link> / {task.flow_title}
          </>
        }
        title={task.record?.title ?? task.flow_title}
        extra={<StatusTag of="decision" status={task.status} />}
      />
      <p className={styles.facts}>
        <span>{task.node_title}</span>
        {task.started_by ? (
          <span className={styles.fact}>
            {t("task.started_by")} <Person name={task.started_by.title} />
          </span>
        ) : null}
        <span className={styles.fact}>
          {t("task.waiting_since")} <Moment value={task.created_at} as="datetime" />
        </span>
      </p>
      <div className={styles.columns}>
        <div className={styles.main}>
          <TaskRecord record={task.record} />
          <Card
            title={t("task.flow")}
            extra={
              <Link to="/instances/$instance" params={{ instance: task.instance }}>
                {t("task.run")}
              </Link>
            }
          >
            <QueryState query={run} isCompact>
              {({ graph, nodes }) => <LazyFlowPicture graph={graph} nodes={nodes} />}
            </QueryState>
          </Card>
        </div>
        <aside className={styles.side}>
          <Card title={t("task.progress")}>
            <QueryState query={run} isCompact>
              {({ tasks }) => <TaskTimeline tasks={tasks} />}
            </QueryState>
          </Card>
        </aside>
      </div>
      {task.decisions.length > 0 ? <DecisionBar task={task} /> : null}
    </>
  );
}
