import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useRecent } from "../lib/recent";
import { useSession } from "../lib/session";
import { Card } from "../ui/Card";
import { StatePanel } from "../ui/StatePanel";
import styles from "./HomeList.module.css";

const SHOWN = 6;

export function HomeRecent(): JSX.Element {
  const { t } = useTranslation("app");
  const session = useSession();
  const opened = useRecent((state) => state.byUser[session.user.id]);
  const records = (opened ?? []).slice(0, SHOWN);
  return (
    <Card title={t("home.recent")}>
      <div className={styles.body}>
        {records.length === 0 ? (
          <StatePanel scene="empty" isCompact title={t("home.no_recent")} detail={t("home.no_recent_detail")} />
        ) : (
          <ul>
            {records.map(({ app, form, id, title }) => (
              <li key={id}>
                <Link to="/apps/$app/forms/$form/$record" params={{ app, form, record: id }} className={styles.item}>
                  <span className={styles.main}>
                    <span className={styles.title}>{title}</span>
                    <span className={styles.detail}>{session.forms[`${app}.${form}`]?.title ?? form}</span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}
