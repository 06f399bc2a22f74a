import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../ui/DataTable";
import { Moment } from "../ui/Moment";
import { Tag } from "../ui/Tag";
import { useLanguage } from "../ui/use_language";
import { cronWords } from "./cron_words";
import styles from "./FlowTable.module.css";
import type { FlowEntry, Schedule } from "./flow_list_types";
import { SecretButton } from "./SecretButton";
import { StarterSwitch } from "./StarterSwitch";
import { StatusTag } from "./StatusTag";

interface FlowTableProps {
  readonly flows: readonly FlowEntry[];
  readonly onSecret: (flow: FlowEntry, secret: string) => void;
}

/** Flows as a table; on a phone each becomes a card. */
export function FlowTable({ flows, onSecret }: FlowTableProps): JSX.Element {
  const { t } = useTranslation("flow_list");
  const columns: readonly Column<FlowEntry>[] = [
    { key: "flow", title: t("flow"), cell: (flow) => <Name flow={flow} /> },
    { key: "trigger", title: t("trigger"), cell: (flow) => <Starter flow={flow} /> },
    { key: "next", title: t("next"), cell: (flow) => <Next flow={flow} /> },
    { key: "last", title: t("last"), isLabelled: true, cell: (flow) => <Last flow={flow} /> },
    {
      key: "switch",
      title: t("switch"),
      cell: (flow) => (
        <span className={styles.steering}>
          <StarterSwitch flow={flow} />
          {flow.webhook ? <SecretButton flow={flow} onSecret={(secret) => onSecret(flow, secret)} /> : null}
        </span>
      ),
    },
  ];
  return <DataTable label={t("title")} columns={columns} rows={flows} rowKey={(flow) => `${flow.app}.${flow.key}`} />;
}

function Name({ flow }: { readonly flow: FlowEntry }): JSX.Element {
  const { t } = useTranslation("flow_list");
  return (
    <span className={styles.lines}>
      <strong>{flow.title}</strong>
      <span className={styles.quiet}>{flow.app_title}</span>
      {flow.is_faulty ? <Tag color="red">{t("faulty")}</Tag> : null}
    </span>
  );
}

function Starter({ flow }: { readonly flow: FlowEntry }): JSX.Element {
  const { t } = useTranslation("flow_list");
  const { schedule, webhook, form_title: form } = flow;
  return (
    <span className={styles.lines}>
      <span>{flow.trigger?.title ?? t("by_hand")}</span>
      {schedule ? <Timetable schedule={schedule} /> : null}
      {webhook ? <code className={styles.code}>POST {webhook.path}</code> : null}
      {form ? <span className={styles.quiet}>{schedule ? t("each_record", { form }) : form}</span> : null}
    </span>
  );
}

/** When it is due, in words where there are some; the expression itself and whose clock it means below. */
function Timetable({ schedule }: { readonly schedule: Schedule }): JSX.Element {
  const { t } = useTranslation("flow_list");
  const words = cronWords(schedule.cron, t, useLanguage());
  return (
    <>
      {words ? <span>{words}</span> : null}
      <code className={styles.code}>
        {schedule.cron} · {schedule.time_zone}
      </code>
    </>
  );
}

function Next({ flow }: { readonly flow: FlowEntry }): JSX.Element {
  const { t } = useTranslation("flow_list");
  const { schedule, webhook } = flow;
  if (schedule) {
    if (!schedule.is_on) return <span className={styles.quiet}>{t("paused")}</span>;
    if (!schedule.next_due) return <span>{t("never")}</span>;
    return (
      <span>
        <span className={styles.label} aria-hidden="true">
          {t("next")}
        </span>
        <Moment value={schedule.next_due} as="datetime" />
      </span>
    );
  }
  if (webhook && !webhook.has_secret) return <span className={styles.quiet}>{t("no_secret")}</span>;
  if (webhook && !webhook.is_on) return <span className={styles.quiet}>{t("paused")}</span>;
  return <span className={`${styles.quiet} ${styles.none}`}>–</span>;
}

function Last({ flow }: { readonly flow: FlowEntry }): JSX.Element {
  const { t } = useTranslation("flow_list");
  const run = flow.last_run;
  return (
    <span className={styles.lines}>
      {run ? (
        <span className={styles.run}>
          <Link to="/instances/$instance" params={{ instance: run.id }}>
            <Moment value={run.started_at} as="datetime" />
          </Link>
          <StatusTag of="status" status={run.status} />
        </span>
      ) : (
        <span className={styles.quiet}>{t("no_run")}</span>
      )}
      {flow.schedule?.last_error ? <span className={styles.error}>{flow.schedule.last_error}</span> : null}
    </span>
  );
}
