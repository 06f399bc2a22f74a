import { useNavigate, useParams } from "@tanstack/react-router";
import { ChevronsUpDown, LayoutGrid } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { findApp } from "../lib/menu";
import { useSession } from "../lib/session";
import { ActionMenu } from "../ui/ActionMenu";
import { Icon } from "../ui/Icon";
import styles from "./AppSwitch.module.css";

export function AppSwitch(): JSX.Element {
  const { t } = useTranslation("app");
  const session = useSession();
  const navigate = useNavigate();
  const key = useParams({ strict: false }).app;
  const current = key ? findApp(session, key) : undefined;
  const title = current?.title ?? t("nav.apps");
  const items = session.apps.map((app) => ({
    key: app.key,
    label: app.title,
    icon: <Icon name={app.icon ?? app.key} fallback="app" size={16} />,
  }));
  return (
    <ActionMenu
      items={[
        ...items,
        { type: "divider" },
        { key: "", label: t("nav.apps"), icon: <LayoutGrid size={16} strokeWidth={1.75} /> },
      ]}
      selected={current?.key}
      onChoose={(app) => void (app ? navigate({ to: "/apps/$app", params: { app } }) : navigate({ to: "/apps" }))}
    >
      <button
        type="button"
        className={styles.switch}
        aria-haspopup="menu"
        aria-label={`${title} · ${t("nav.switch_app")}`}
      >
        <Icon name={current ? (current.icon ?? current.key) : "app"} fallback="app" size={17} />
        <span className={styles.title}>{title}</span>
        <ChevronsUpDown size={14} aria-hidden="true" />
      </button>
    </ActionMenu>
  );
}
