import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../lib/api";
import { keys } from "../lib/query_keys";
import { type Session, sessionKey } from "../lib/session";
import { Moment } from "../ui/Moment";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import styles from "./NotificationList.module.css";

interface NotificationJson {
  readonly id: string;
  readonly text: string;
  /** A path of this page: `/tasks/…`, `/apps/…`. */
  readonly link: string | null;
  readonly created_at: string;
  readonly read_at: string | null;
}

interface NotificationsJson {
  readonly items: readonly NotificationJson[];
}

interface NotificationListProps {
  readonly onChosen: () => void;
}

export function NotificationList({ onChosen }: NotificationListProps): JSX.Element {
  const { t } = useTranslation("app");
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: keys.notifications(),
    queryFn: ({ signal }) => api.get<NotificationsJson>("/api/notifications", { signal }),
  });
  const read = useMutation({
    mutationFn: (ids: readonly string[] | undefined) =>
      api.post<{ readonly unread: number }>("/api/notifications/read", ids ? { ids } : undefined),
    onSuccess: ({ unread }) => {
      queryClient.setQueryData<Session>(sessionKey, (session) =>
        session ? { ...session, unread_notifications: unread } : session,
      );
      return queryClient.invalidateQueries({ queryKey: keys.notifications() });
    },
  });
  const open = (one: NotificationJson) => {
    if (!one.read_at) read.mutate([one.id]);
    onChosen();
    if (one.link?.startsWith("/")) void navigate({ href: one.link });
  };
  return (
    <section className={styles.panel} aria-label={t("notifications.title")}>
      <header className={styles.header}>
        <h2 className={styles.heading}>{t("notifications.title")}</h2>
        <Button type="link" size="small" onClick={() => read.mutate(undefined)} loading={read.isPending}>
          {t("notifications.read_all")}
        </Button>
      </header>
      <div className={styles.body}>
        <QueryState query={query} isCompact>
          {({ items }) =>
            items.length === 0 ? (
              <StatePanel
                scene="done"
                isCompact
                title={t("notifications.empty")}
                detail={t("notifications.empty_detail")}
              />
            ) : (
              <ul>
                {items.map((one) => (
                  <li key={one.id}>
                    <button type="button" className={styles.item} data-unread={!one.read_at} onClick={() => open(one)}>
                      <span className={styles.title}>{one.text}</span>
                      <span className={styles.when}>
                        <Moment value={one.created_at} as="ago" />
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </QueryState>
      </div>
    </section>
  );
}
