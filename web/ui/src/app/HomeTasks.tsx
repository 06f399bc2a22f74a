import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../lib/api";
import { keys } from "../lib/query_keys";
import type { PageJson } from "../lib/record_types";
import type { TaskSummary } from "../lib/task_types";
import { Card } from "../ui/Card";
import { Moment } from "../ui/Moment";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import styles from "./HomeList.module.css";

const SHOWN = 6;

export function HomeTasks(): JSX.Element {
  const { t } = useTranslation("app");
  const query = useQuery({
    queryKey: keys.taskList({ home: true }),
    queryFn: ({ signal }) => api.get<PageJson<TaskSummary>>("/api/tasks", { params: { limit: SHOWN }, signal }),
  });
  return (
    <Card
      title={t("home.tasks")}
      extra={
        <Link to="/tasks" className={styles.all}>
          {t("home.all_tasks")}
        </Link>
      }
    >
      <div className={styles.body}>
        <QueryState query={query} isCompact>
          {({ items }) =>
            items.length === 0 ? (
              <StatePanel scene="done" isCompact title={t("home.no_tasks")} detail={t("home.no_tasks_detail")} />
            ) : (
              <ul>
                {items.slice(0, SHOWN).map((task) => (
                  <li key={task.id}>
                    <Link to="/tasks/$task" params={{ task: task.id }} className={styles.item}>
                      <span className={styles.main}>
                        <span className={styles.title}>{task.record?.title ?? task.flow_title}</span>
                        <span className={styles.detail}>
                          {[task.flow_title, task.node_title].filter(Boolean).join(" · ")}
                        </span>
                      </span>
                      <span className={styles.when}>
                        {task.created_at ? <Moment value={task.created_at} as="ago" /> : null}
                      </span>
                      <ChevronRight size={16} className={styles.arrow} aria-hidden="true" />
                    </Link>
                  </li>
                ))}
              </ul>
            )
          }
        </QueryState>
      </div>
    </Card>
  );
}
