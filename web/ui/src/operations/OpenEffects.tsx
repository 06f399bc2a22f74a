import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { type Column, DataTable } from "../ui/DataTable";
import { Moment } from "../ui/Moment";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { Tag } from "../ui/Tag";
import { ErrorText } from "./ErrorText";
import styles from "./JobsPage.module.css";
import { useWork } from "./use_work";
import { type OpenEffect, openEffectsQuery, receiver, work } from "./work_types";

/** Mail and requests of flows that did not leave yet, or never will by themselves. */
export function OpenEffects(): JSX.Element {
  const { t } = useTranslation("operations");
  const query = useQuery(openEffectsQuery);
  return (
    <Card title={t("effects.title")}>
      <QueryState query={query} isCompact>
        {(effects) =>
          effects.length > 0 ? (
            <EffectTable effects={effects} />
          ) : (
            <StatePanel scene="done" title={t("effects.none")} detail={t("effects.none_detail")} isCompact />
          )
        }
      </QueryState>
    </Card>
  );
}

function EffectTable({ effects }: { readonly effects: readonly OpenEffect[] }): JSX.Element {
  const { t } = useTranslation("operations");
  const columns: readonly Column<OpenEffect>[] = [
    {
      key: "to",
      title: t("effects.to"),
      cell: (effect) => (
        <span className={styles.error}>
          {effect.kind === "mail" ? t("effects.kind.mail") : t("effects.kind.http")} · {receiver(effect)}
        </span>
      ),
    },
    {
      key: "flow",
      title: t("effects.flow"),
      cell: (effect) => (
        <Link to="/instances/$instance" params={{ instance: effect.instance }}>
          {effect.flow_title}
        </Link>
      ),
      isLabelled: true,
    },
    {
      key: "status",
      title: t("effects.status"),
      cell: (effect) => (
        <Tag color={effect.status === "dead" ? "red" : "blue"}>{t(`effects.status.${effect.status}`)}</Tag>
      ),
      isLabelled: true,
    },
    { key: "error", title: t("dead.error"), cell: (effect) => <ErrorText error={effect.error} />, isLabelled: true },
    { key: "attempts", title: t("dead.attempts"), cell: (effect) => effect.attempts, align: "right", isLabelled: true },
    {
      key: "created",
      title: t("effects.created"),
      cell: (effect) => <Moment value={effect.created_at} as="ago" />,
      isLabelled: true,
    },
    {
      key: "actions",
      title: t("dead.actions"),
      cell: (effect) => (effect.status === "dead" ? <EffectActions id={effect.id} /> : null),
    },
  ];
  return (
    <DataTable
      label={t("list", { title: t("effects.title") })}
      columns={columns}
      rows={effects}
      rowKey={(effect) => effect.id}
      isBare
    />
  );
}

function EffectActions({ id }: { readonly id: string }): JSX.Element {
  const { t } = useTranslation("operations");
  const act = useWork();
  return (
    <span className={styles.buttons}>
      <Button size="small" onClick={() => act.mutate({ run: () => work.retryEffect(id), is: "retried" })}>
        {t("act.retry")}
      </Button>
      <Popconfirm
        title={t("effects.drop_ask")}
        onConfirm={() => act.mutate({ run: () => work.dropEffect(id), is: "dropped" })}
      >
        <Button size="small" danger>
          {t("act.drop")}
        </Button>
      </Popconfirm>
    </span>
  );
}
