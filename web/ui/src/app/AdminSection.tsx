import { Link, useLocation } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { ADMIN_ENTRIES } from "./admin_entries";
import { MenuLabel } from "./MenuLabel";
import styles from "./SideMenu.module.css";

interface AdminSectionProps {
  readonly isCollapsed: boolean;
  readonly onChosen?: () => void;
}

/** The administrators' part of the menu, open while one is there; on the rail one icon that leads to all of it. */
export function AdminSection({ isCollapsed, onChosen }: AdminSectionProps): JSX.Element {
  const { t } = useTranslation("app");
  const isHere = useLocation({ select: ({ pathname }) => pathname.startsWith("/admin") });
  const [chosen, setChosen] = useState<boolean | null>(null);
  const isOpen = chosen ?? isHere;
  if (isCollapsed) {
    return (
      <section className={styles.section} aria-label={t("admin.title")}>
        <Link to="/admin" className={styles.link} onClick={onChosen}>
          <MenuLabel icon={<Icon name="settings" />} title={t("admin.title")} isCollapsed />
        </Link>
      </section>
    );
  }
  return (
    <section className={styles.section}>
      <button type="button" className={styles.app} aria-expanded={isOpen} onClick={() => setChosen(!isOpen)}>
        <span className={styles.appTitle}>{t("admin.title")}</span>
        <ChevronDown size={14} className={styles.chevron} aria-hidden="true" />
      </button>
      {isOpen ? (
        <ul>
          {ADMIN_ENTRIES.map((entry) => (
            <li key={entry.to}>
              <Link to={entry.to} className={styles.link} onClick={onChosen}>
                <MenuLabel icon={<Icon name={entry.icon} />} title={t(entry.title)} isCollapsed={false} />
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
