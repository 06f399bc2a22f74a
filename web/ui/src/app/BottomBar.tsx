import { Link } from "@tanstack/react-router";
import { House, LayoutGrid, ListChecks, UserRound } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../lib/session";
import styles from "./BottomBar.module.css";

const ENTRIES = [
  { to: "/", title: "nav.home", Drawing: House },
  { to: "/tasks", title: "nav.tasks", Drawing: ListChecks },
  { to: "/apps", title: "nav.apps", Drawing: LayoutGrid },
  { to: "/me", title: "nav.me", Drawing: UserRound },
] as const;

/** The four places a thumb goes to. */
export function BottomBar(): JSX.Element {
  const { t } = useTranslation("app");
  const { open_tasks: openTasks } = useSession();
  return (
    <nav className={styles.bar} aria-label={t("nav.bottom")}>
      {ENTRIES.map(({ to, title, Drawing }) => (
        <Link key={to} to={to} className={styles.link} activeOptions={{ exact: to === "/" }}>
          <span className={styles.icon}>
            <Drawing size={21} strokeWidth={1.75} aria-hidden="true" />
            {to === "/tasks" && openTasks > 0 ? (
              <span className={styles.count}>{openTasks > 99 ? "99+" : openTasks}</span>
            ) : null}
          </span>
          <span>{t(title)}</span>
        </Link>
      ))}
    </nav>
  );
}
