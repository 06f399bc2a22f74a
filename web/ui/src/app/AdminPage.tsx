import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import styles from "./AdminPage.module.css";
import { ADMIN_ENTRIES } from "./admin_entries";

/** What administrators look after, one tile each. */
export function AdminPage(): JSX.Element {
  const { t } = useTranslation("app");
  return (
    <Page width="reading">
      <PageHeader title={t("admin.title")} />
      <ul className={styles.tiles}>
        {ADMIN_ENTRIES.map((entry) => (
          <li key={entry.to}>
            <Link to={entry.to} className={styles.tile}>
              <Icon name={entry.icon} size={22} />
              <span>
                <strong className={styles.title}>{t(entry.title)}</strong>
                <span className={styles.detail}>{t(entry.detail)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}
