import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Modal } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { useSession } from "../lib/session";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { Tag } from "../ui/Tag";
import { toast } from "../ui/toast";
import { ChangeHistory } from "./ChangeHistory";
import { DeactivateDialog } from "./DeactivateDialog";
import { LinkDialog } from "./LinkDialog";
import styles from "./people.module.css";
import { type AccountDetail, userQuery } from "./people_types";
import { UserDrawer } from "./UserDrawer";
import { UserFacts, UserTasks } from "./UserFacts";
import { UserSessions, UserTokens } from "./UserSessions";

const route = getRouteApi("/shell/admin/users/$user");

/** One account: what it is, where it is signed in, what waits for it, what happened to it. */
export function UserPage(): JSX.Element {
  const query = useQuery(userQuery(route.useParams().user));
  return <QueryState query={query}>{(user) => <UserView user={user} />}</QueryState>;
}

type Dialog = "edit" | "deactivate" | "reset" | null;

function UserView({ user }: { readonly user: AccountDetail }): JSX.Element {
  const { t } = useTranslation(["people", "ui"]);
  const queryClient = useQueryClient();
  const isOwn = useSession().user.id === user.id;
  const [dialog, setDialog] = useState<Dialog>(null);
  const [link, setLink] = useState<string | null>(null);
  const close = () => setDialog(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["users"] });
  const switchActive = useMutation({
    mutationFn: (isActive: boolean) => api.patch<AccountDetail>(path("users", user.id), { is_active: isActive }),
    onSuccess: async (changed) => {
      toast.success(t(changed.is_active ? "user.activated" : "user.deactivated", { name: user.name }));
      await refresh();
    },
    onSettled: close,
  });
  const reset = useMutation({
    mutationFn: () => api.post<{ link: string }>(path("users", user.id, "password_link")),
    onSuccess: async (made) => {
      setLink(made.link);
      await refresh();
    },
    onSettled: close,
  });
  return (
    <Page>
      <PageHeader
        title={user.name}
        eyebrow={<Link to="/admin/users">{t("users.title")}</Link>}
        extra={
          <>
            {user.is_active ? null : <Tag>{t("users.inactive")}</Tag>}
            {user.is_administrator ? <Tag color="purple">{t("users.administrator")}</Tag> : null}
          </>
        }
      />
      <div className={styles.actions}>
        <Button type="primary" onClick={() => setDialog("edit")}>
          {t("ui:edit")}
        </Button>
        {user.is_active ? (
          <>
            <Button onClick={() => setDialog("reset")}>{t("user.reset")}</Button>
            {isOwn ? null : (
              <Button danger onClick={() => setDialog("deactivate")}>
                {t("user.deactivate")}
              </Button>
            )}
          </>
        ) : (
          <Button loading={switchActive.isPending} onClick={() => switchActive.mutate(true)}>
            {t("user.activate")}
          </Button>
        )}
        <Link to="/admin/roles" search={{ tab: "user", user: user.id }} className={styles.textLink}>
          {t("user.rights")}
        </Link>
      </div>
      <div className={styles.columns}>
        <div className={styles.column}>
          <UserFacts user={user} />
          <UserSessions user={user.id} />
          <UserTokens user={user.id} />
        </div>
        <div className={styles.column}>
          <UserTasks user={user} />
          <ChangeHistory kind="users" id={user.id} />
        </div>
      </div>
      {dialog === "edit" ? <UserDrawer user={user} onClose={close} /> : null}
      {dialog === "deactivate" ? (
        <DeactivateDialog
          user={user}
          isWorking={switchActive.isPending}
          onClose={close}
          onConfirm={() => switchActive.mutate(false)}
        />
      ) : null}
      {dialog === "reset" ? (
        <Modal
          open
          title={t("user.reset_ask", { name: user.name })}
          okText={t("user.reset")}
          cancelText={t("ui:cancel")}
          confirmLoading={reset.isPending}
          onOk={() => reset.mutate()}
          onCancel={close}
        >
          {t("user.reset_detail")}
        </Modal>
      ) : null}
      {link ? <LinkDialog name={user.name} link={link} onClose={() => setLink(null)} /> : null}
    </Page>
  );
}
