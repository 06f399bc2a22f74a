import type { CSSProperties, JSX } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import styles from "./ListSkeleton.module.css";

const ROWS = [62, 48, 70, 55, 66, 44, 58, 50] as const;

export function RowsSkeleton(): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <div className={styles.rows} role="status" aria-label={t("loading")}>
      {ROWS.map((width) => (
        <div key={width} className={styles.row} style={{ "--width": `${width}%` } as CSSProperties}>
          <span />
          <span />
          <span />
          <span />
        </div>
      ))}
    </div>
  );
}

/** The list's outline while its form is read: same places, no jump when it comes. */
export function ListSkeleton(): JSX.Element {
  return (
    <Page isFixed>
      <div className={styles.title} />
      <div className={styles.toolbar} />
      <RowsSkeleton />
    </Page>
  );
}
