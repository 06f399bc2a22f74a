import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { View } from "../forms/form_schema";
import styles from "./ViewTabs.module.css";

interface ViewTabsProps {
  readonly views: readonly View[];
  readonly active: string | undefined;
  readonly onChoose: (view: string) => void;
}

/** Saved lists of the form; a single one needs no tab. */
export function ViewTabs({ views, active, onChoose }: ViewTabsProps): JSX.Element | null {
  const { t } = useTranslation("records");
  if (views.length < 2) return null;
  return (
    <nav className={styles.tabs} aria-label={t("views")}>
      {views.map((view) => (
        <button
          key={view.key}
          type="button"
          className={styles.tab}
          aria-current={view.key === active ? "true" : undefined}
          onClick={() => onChoose(view.key)}
        >
          {view.title}
        </button>
      ))}
    </nav>
  );
}
