import { Link, useParams } from "@tanstack/react-router";
import { ChevronDown, House, ListChecks, PanelLeftClose, PanelLeftOpen, Workflow } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { targetOf } from "../lib/menu";
import { usePreferences } from "../lib/preferences";
import { type MenuEntry, type SessionApp, useSession } from "../lib/session";
import { Icon } from "../ui/Icon";
import { Logo } from "../ui/Logo";
import { MenuLink } from "../ui/MenuLink";
import { AdminSection } from "./AdminSection";
import { MenuLabel } from "./MenuLabel";
import styles from "./SideMenu.module.css";

interface SideMenuProps {
  readonly isCollapsed: boolean;
  readonly onChosen?: () => void;
}

const STANDARD_ICONS = { form: "form", dashboard: "dashboard", report: "report", balance: "balance" } as const;

interface EntriesProps {
  readonly app: SessionApp;
  readonly entries: readonly MenuEntry[];
  readonly isCollapsed: boolean;
  readonly onChosen?: () => void;
}

function Entries({ app, entries, isCollapsed, onChosen }: EntriesProps): JSX.Element {
  return (
    <ul>
      {entries.map((entry) => {
        if (entry.items) {
          return (
            <li key={entry.key}>
              {isCollapsed ? null : <div className={styles.group}>{entry.title}</div>}
              <Entries app={app} entries={entry.items} isCollapsed={isCollapsed} onChosen={onChosen} />
            </li>
          );
        }
        const target = targetOf(entry, app.key);
        if (!target) return null;
        return (
          <li key={entry.key}>
            <MenuLink target={target} className={styles.link} onClick={onChosen}>
              <MenuLabel
                icon={<Icon name={entry.icon} fallback={STANDARD_ICONS[target.kind]} />}
                title={entry.title}
                isCollapsed={isCollapsed}
              />
            </MenuLink>
          </li>
        );
      })}
    </ul>
  );
}

function AppSection({ app, isCollapsed, onChosen }: Omit<EntriesProps, "entries">): JSX.Element {
  const [isOpen, setIsOpen] = useState(true);
  if (isCollapsed) {
    return (
      <section className={styles.section} aria-label={app.title}>
        <Entries app={app} entries={app.menu} isCollapsed onChosen={onChosen} />
      </section>
    );
  }
  return (
    <section className={styles.section}>
      <button type="button" className={styles.app} aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        <span className={styles.appTitle}>{app.title}</span>
        <ChevronDown size={14} className={styles.chevron} aria-hidden="true" />
      </button>
      {isOpen ? <Entries app={app} entries={app.menu} isCollapsed={false} onChosen={onChosen} /> : null}
    </section>
  );
}

/** The menu by app: what this person may open. On the rail only the app one is in has room. */
export function SideMenu({ isCollapsed, onChosen }: SideMenuProps): JSX.Element {
  const { t } = useTranslation("app");
  const session = useSession();
  const toggle = usePreferences((state) => state.toggleMenu);
  const current = useParams({ strict: false }).app;
  const apps = isCollapsed ? session.apps.filter((app) => app.key === (current ?? session.apps[0]?.key)) : session.apps;
  return (
    <nav className={styles.menu} data-collapsed={isCollapsed} aria-label={t("nav.main")}>
      <Link to="/" className={styles.brand} onClick={onChosen} aria-label={`${t("product")} · ${t("nav.home")}`}>
        <Logo size={26} />
        {isCollapsed ? null : <span className={styles.name}>{t("product")}</span>}
      </Link>
      <div className={styles.scroll}>
        <ul className={styles.section}>
          <li>
            <Link to="/" className={styles.link} onClick={onChosen} activeOptions={{ exact: true }}>
              <MenuLabel
                icon={<House size={18} strokeWidth={1.75} />}
                title={t("nav.home")}
                isCollapsed={isCollapsed}
              />
            </Link>
          </li>
          <li>
            <Link to="/tasks" className={styles.link} onClick={onChosen}>
              <MenuLabel
                icon={<ListChecks size={18} strokeWidth={1.75} />}
                title={t("nav.tasks")}
                count={session.open_tasks}
                isCollapsed={isCollapsed}
              />
            </Link>
          </li>
          <li>
            <Link to="/instances" className={styles.link} onClick={onChosen}>
              <MenuLabel
                icon={<Workflow size={18} strokeWidth={1.75} />}
                title={t("nav.runs")}
                isCollapsed={isCollapsed}
              />
            </Link>
          </li>
        </ul>
        {session.is_administrator ? <AdminSection isCollapsed={isCollapsed} onChosen={onChosen} /> : null}
        {apps.map((app) => (
          <AppSection key={app.key} app={app} isCollapsed={isCollapsed} onChosen={onChosen} />
        ))}
      </div>
      {onChosen ? null : (
        <button
          type="button"
          className={styles.toggle}
          onClick={toggle}
          aria-label={isCollapsed ? t("nav.expand") : t("nav.collapse")}
        >
          {isCollapsed ? <PanelLeftOpen size={17} /> : <PanelLeftClose size={17} />}
          {isCollapsed ? null : <span>{t("nav.collapse")}</span>}
        </button>
      )}
    </nav>
  );
}
