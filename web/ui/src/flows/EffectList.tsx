import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { keys } from "../lib/query_keys";
import { Moment } from "../ui/Moment";
import { toast } from "../ui/toast";
import styles from "./EffectList.module.css";
import type { Run, RunEffect } from "./flow_types";
import { StatusTag } from "./StatusTag";

/** What a run sends outside: how it stands, how often it was tried, and for administrators what to do about it. */
export function EffectList({ run }: { readonly run: Run }): JSX.Element {
  const titles = new Map(run.graph.nodes.map((node) => [node.key, node.title]));
  return (
    <ul className={styles.list}>
      {run.effects.map((effect) => (
        <li key={effect.id}>
          <Heading effect={effect} title={titles.get(effect.node) ?? effect.node} />
          {effect.target ? <p className={styles.target}>{effect.target}</p> : null}
          <Attempts effect={effect} />
          {effect.error && effect.error !== run.error?.detail ? <p className={styles.error}>{effect.error}</p> : null}
          {effect.may.includes("drop") ? <GiveUp effect={effect} /> : null}
        </li>
      ))}
    </ul>
  );
}

function Heading({ effect, title }: { readonly effect: RunEffect; readonly title: string }): JSX.Element {
  const { t } = useTranslation("flows");
  const kind = effect.kind === "mail" ? t("effect.mail") : t("effect.http");
  return (
    <p className={styles.heading}>
      <strong>{title}</strong>
      {title === kind ? null : <span className={styles.quiet}>{kind}</span>}
      <StatusTag of="effect" status={effect.status} />
    </p>
  );
}

function Attempts({ effect }: { readonly effect: RunEffect }): JSX.Element | null {
  const { t } = useTranslation("flows");
  if (effect.attempts === 0) return null;
  return (
    <p className={styles.quiet}>
      {effect.status === "waiting" || effect.status === "sending"
        ? t("effect.attempts", { count: effect.attempts, most: effect.max_attempts })
        : t("effect.tries", { tries: effect.attempts })}
      {effect.next_attempt_at ? (
        <>
          {" · "}
          {t("effect.next")} <Moment value={effect.next_attempt_at} as="datetime" />
        </>
      ) : null}
    </p>
  );
}

/** What failed is tried again with its run, by the page's own button; this is the other way out. */
function GiveUp({ effect }: { readonly effect: RunEffect }): JSX.Element {
  const { t } = useTranslation("flows");
  const client = useQueryClient();
  const drop = useMutation({
    mutationFn: () => api.post(path("effects", effect.id, "drop")),
    onSuccess: () => {
      toast.success(t("effect.dropped_now"));
      return client.invalidateQueries({ queryKey: keys.instances() });
    },
  });
  return (
    <div className={styles.steering}>
      <Popconfirm title={t("effect.drop_confirm")} onConfirm={() => drop.mutate()}>
        <Button loading={drop.isPending}>{t("effect.drop")}</Button>
      </Popconfirm>
    </div>
  );
}
