import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { LANGUAGE_NAMES } from "../lib/language";
import { Card } from "../ui/Card";
import { Moment } from "../ui/Moment";
import { Tag } from "../ui/Tag";
import styles from "./people.module.css";
import type { AccountDetail } from "./people_types";

/** What an account is. */
export function UserFacts({ user }: { readonly user: AccountDetail }): JSX.Element {
  const { t } = useTranslation("people");
  return (
    <Card title={t("user.basics")}>
      <dl className={styles.facts}>
        <dt>{t("users.username")}</dt>
        <dd>{user.username}</dd>
        <dt>{t("users.email")}</dt>
        <dd>{user.email ?? "–"}</dd>
        <dt>{t("users.department")}</dt>
        <dd>{user.department?.title ?? t("users.no_department")}</dd>
        <dt>{t("users.roles")}</dt>
        <dd className={styles.tags}>
          {user.roles.length === 0
            ? t("users.no_roles")
            : user.roles.map((role) => (
                <Tag key={role.name} color="blue">
                  {role.title}
                </Tag>
              ))}
        </dd>
        <dt>{t("users.language")}</dt>
        <dd>
          <span lang={user.language}>{LANGUAGE_NAMES[user.language]}</span>
        </dd>
        <dt>{t("users.seen")}</dt>
        <dd>{user.seen_at ? <Moment value={user.seen_at} as="datetime" /> : "–"}</dd>
        {user.heads.length > 0 ? (
          <>
            <dt>{t("user.heads")}</dt>
            <dd>{user.heads.map((one) => one.title).join(", ")}</dd>
          </>
        ) : null}
      </dl>
    </Card>
  );
}

/** What waits for somebody's decision. */
export function UserTasks({ user }: { readonly user: AccountDetail }): JSX.Element {
  const { t } = useTranslation("people");
  const rest = user.open_task_count - user.open_tasks.length;
  return (
    <Card title={t("user.tasks")} extra={<span className={styles.faint}>{user.open_task_count}</span>}>
      {user.open_tasks.length === 0 ? (
        <p className={styles.none}>{t("user.no_tasks")}</p>
      ) : (
        <ul className={styles.lines}>
          {user.open_tasks.map((task) => (
            <li key={task.id}>
              {task.node_title}
              {task.record ? <span className={styles.faint}> · {task.record.title}</span> : null}
            </li>
          ))}
          {rest > 0 ? <li className={styles.faint}>{t("user.more_tasks", { count: rest })}</li> : null}
        </ul>
      )}
    </Card>
  );
}
