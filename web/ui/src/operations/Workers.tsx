import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { type Column, DataTable } from "../ui/DataTable";
import { Moment } from "../ui/Moment";
import { StatePanel } from "../ui/StatePanel";
import { Tag } from "../ui/Tag";
import type { WorkerShown } from "./work_types";

/** The worker processes that are connected, and those that say nothing any more. */
export function Workers({ workers }: { readonly workers: readonly WorkerShown[] }): JSX.Element {
  const { t } = useTranslation("operations");
  const columns: readonly Column<WorkerShown>[] = [
    { key: "name", title: t("workers.name"), cell: (worker) => worker.name },
    {
      key: "state",
      title: t("workers.state"),
      cell: (worker) => (
        <Tag color={worker.is_silent ? "red" : "green"}>
          {worker.is_silent ? t("workers.silent") : t("workers.working")}
        </Tag>
      ),
      isLabelled: true,
    },
    { key: "threads", title: t("workers.threads"), cell: (worker) => worker.threads, align: "right", isLabelled: true },
    {
      key: "since",
      title: t("workers.since"),
      cell: (worker) => <Moment value={worker.since} as="ago" />,
      isLabelled: true,
    },
    {
      key: "seen",
      title: t("workers.seen"),
      cell: (worker) => <Moment value={worker.seen_at} as="ago" />,
      isLabelled: true,
    },
  ];
  return (
    <Card title={t("workers.title")}>
      {workers.length > 0 ? (
        <DataTable
          label={t("list", { title: t("workers.title") })}
          columns={columns}
          rows={workers}
          rowKey={(worker) => worker.name}
          isBare
        />
      ) : (
        <StatePanel scene="error" title={t("workers.none")} detail={t("workers.none_detail")} isCompact />
      )}
    </Card>
  );
}
