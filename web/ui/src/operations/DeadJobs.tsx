import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { type Column, DataTable } from "../ui/DataTable";
import { Moment } from "../ui/Moment";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { ErrorText } from "./ErrorText";
import styles from "./JobsPage.module.css";
import { useWork } from "./use_work";
import { type DeadJob, type DeadKind, deadJobsQuery, work } from "./work_types";

/** What failed for good: one by one, and all of a kind. */
export function DeadJobs({ kinds }: { readonly kinds: readonly DeadKind[] }): JSX.Element {
  const { t } = useTranslation("operations");
  const [cursor, setCursor] = useState<number | null>(null);
  const query = useQuery(deadJobsQuery(cursor));
  return (
    <Card title={t("dead.title")}>
      {kinds.length > 0 ? <Kinds kinds={kinds} /> : null}
      <QueryState query={query} isCompact>
        {({ items, next_cursor }) => (
          <>
            {items.length > 0 ? (
              <JobTable jobs={items} />
            ) : (
              <StatePanel scene="done" title={t("dead.none")} detail={t("dead.none_detail")} isCompact />
            )}
            {cursor !== null || next_cursor !== null ? (
              <div className={styles.foot}>
                {cursor !== null ? <Button onClick={() => setCursor(null)}>{t("dead.first")}</Button> : null}
                {next_cursor !== null ? (
                  <Button onClick={() => setCursor(Number(next_cursor))}>{t("dead.more")}</Button>
                ) : null}
              </div>
            ) : null}
          </>
        )}
      </QueryState>
    </Card>
  );
}

function Kinds({ kinds }: { readonly kinds: readonly DeadKind[] }): JSX.Element {
  const { t } = useTranslation("operations");
  const act = useWork();
  return (
    <ul className={styles.kinds}>
      {kinds.map(({ task, title, count }) => (
        <li key={task}>
          <span className={styles.kind}>
            {title} × {count}
          </span>
          <Button
            aria-label={`${t("act.retry_all")} ${title}`}
            onClick={() => act.mutate({ run: () => work.retryAll(task), is: "retried", count })}
          >
            {t("act.retry_all")}
          </Button>
          <Popconfirm
            title={t("act.drop_all_ask", { count, title })}
            onConfirm={() => act.mutate({ run: () => work.dropAll(task), is: "dropped", count })}
          >
            <Button danger aria-label={`${t("act.drop_all")} ${title}`}>
              {t("act.drop_all")}
            </Button>
          </Popconfirm>
        </li>
      ))}
    </ul>
  );
}

function JobTable({ jobs }: { readonly jobs: readonly DeadJob[] }): JSX.Element {
  const { t } = useTranslation("operations");
  const act = useWork();
  const columns: readonly Column<DeadJob>[] = [
    { key: "what", title: t("dead.what"), cell: (job) => job.title },
    { key: "about", title: t("dead.about"), cell: (job) => <About job={job} />, isLabelled: true },
    { key: "error", title: t("dead.error"), cell: (job) => <ErrorText error={job.error} />, isLabelled: true },
    { key: "attempts", title: t("dead.attempts"), cell: (job) => job.attempts, align: "right", isLabelled: true },
    { key: "since", title: t("dead.since"), cell: (job) => <Moment value={job.died_at} as="ago" />, isLabelled: true },
    {
      key: "actions",
      title: t("dead.actions"),
      cell: (job) => (
        <span className={styles.buttons}>
          <Button size="small" onClick={() => act.mutate({ run: () => work.retry(job.id), is: "retried" })}>
            {t("act.retry")}
          </Button>
          <Popconfirm
            title={t("act.drop_ask")}
            onConfirm={() => act.mutate({ run: () => work.drop(job.id), is: "dropped" })}
          >
            <Button size="small" danger>
              {t("act.drop")}
            </Button>
          </Popconfirm>
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t("list", { title: t("dead.title") })}
      columns={columns}
      rows={jobs}
      rowKey={(job) => String(job.id)}
      isBare
    />
  );
}

/** The flow and the record, or the form of an import. */
function About({ job }: { readonly job: DeadJob }): JSX.Element {
  if (!job.flow && !job.record) return <>{job.form?.title ?? "–"}</>;
  return (
    <>
      {job.flow && job.instance ? (
        <Link to="/instances/$instance" params={{ instance: job.instance }}>
          {job.flow.title}
        </Link>
      ) : null}
      {job.record ? (
        <>
          {job.flow ? " · " : null}
          <Link
            to="/apps/$app/forms/$form/$record"
            params={{ app: job.record.app, form: job.record.form, record: job.record.id }}
          >
            {job.record.title}
          </Link>
        </>
      ) : null}
    </>
  );
}
