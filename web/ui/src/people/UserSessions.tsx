import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { Card } from "../ui/Card";
import { type Column, DataTable } from "../ui/DataTable";
import { Moment } from "../ui/Moment";
import { QueryState } from "../ui/QueryState";
import { Tag } from "../ui/Tag";
import { toast } from "../ui/toast";
import { deviceOf } from "./device";
import styles from "./people.module.css";
import { type ApiToken, type OpenSession, sessionsQuery, tokensQuery } from "./people_types";

/** Where somebody is signed in; each place, or all of them, can be ended. */
export function UserSessions({ user }: { readonly user: string }): JSX.Element {
  const { t } = useTranslation("people");
  const queryClient = useQueryClient();
  const sessions = useQuery(sessionsQuery(user));
  const end = useMutation({
    mutationFn: (session: string | null) =>
      api.delete(session ? path("users", user, "sessions", session) : path("users", user, "sessions")),
    onSuccess: async () => {
      toast.success(t("user.session_ended"));
      await queryClient.invalidateQueries({ queryKey: ["users"] });
    },
  });
  const columns: readonly Column<OpenSession>[] = [
    {
      key: "device",
      title: t("user.device"),
      cell: (one) => (
        <>
          <span title={one.user_agent ?? undefined}>{deviceOf(one.user_agent) ?? t("user.unknown_device")}</span>{" "}
          {one.is_own ? <Tag color="blue">{t("user.session_own")}</Tag> : null}
        </>
      ),
    },
    { key: "address", title: t("user.address"), cell: (one) => one.address ?? "–" },
    {
      key: "used",
      title: t("user.session_used"),
      isLabelled: true,
      cell: (one) => <Moment value={one.used_at} as="ago" />,
    },
    {
      key: "end",
      title: t("user.actions"),
      align: "right",
      cell: (one) => (
        <Button size="small" danger disabled={end.isPending} onClick={() => end.mutate(one.id)}>
          {t("user.session_end")}
        </Button>
      ),
    },
  ];
  return (
    <Card
      title={t("user.sessions")}
      extra={
        (sessions.data?.length ?? 0) > 1 ? (
          <Button size="small" danger disabled={end.isPending} onClick={() => end.mutate(null)}>
            {t("user.session_end_all")}
          </Button>
        ) : null
      }
    >
      <QueryState query={sessions} isCompact>
        {(items) =>
          items.length === 0 ? (
            <p className={styles.none}>{t("user.no_sessions")}</p>
          ) : (
            <DataTable label={t("user.sessions")} columns={columns} rows={items} rowKey={(one) => one.id} isBare />
          )
        }
      </QueryState>
    </Card>
  );
}

/** The API tokens of somebody; without the tokens themselves. */
export function UserTokens({ user }: { readonly user: string }): JSX.Element {
  const { t } = useTranslation("people");
  const queryClient = useQueryClient();
  const tokens = useQuery(tokensQuery(user));
  const revoke = useMutation({
    mutationFn: (token: string) => api.delete(path("users", user, "tokens", token)),
    onSuccess: async () => {
      toast.success(t("user.token_deleted"));
      await queryClient.invalidateQueries({ queryKey: ["users", user] });
    },
  });
  const columns: readonly Column<ApiToken>[] = [
    { key: "title", title: t("user.token_title"), cell: (one) => `${one.title} (${one.hint}…)` },
    { key: "scopes", title: t("user.token_scopes"), cell: (one) => one.scopes.join(", ") },
    {
      key: "expires",
      title: t("user.token_expires"),
      isLabelled: true,
      cell: (one) => <Moment value={one.expires_at} as="date" />,
    },
    {
      key: "delete",
      title: t("user.actions"),
      align: "right",
      cell: (one) => (
        <Button size="small" danger disabled={revoke.isPending} onClick={() => revoke.mutate(one.id)}>
          {t("user.token_delete")}
        </Button>
      ),
    },
  ];
  return (
    <Card title={t("user.tokens")}>
      <QueryState query={tokens} isCompact>
        {(items) =>
          items.length === 0 ? (
            <p className={styles.none}>{t("user.no_tokens")}</p>
          ) : (
            <DataTable label={t("user.tokens")} columns={columns} rows={items} rowKey={(one) => one.id} isBare />
          )
        }
      </QueryState>
    </Card>
  );
}
