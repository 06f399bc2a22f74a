import type { JSX, ReactNode } from "react";
import styles from "./PageHeader.module.css";
import { useDocumentTitle } from "./use_document_title";

interface PageHeaderProps {
  readonly title: ReactNode;
  /** Small text above the title: where one is (the app, the form). */
  readonly eyebrow?: ReactNode;
  /** Beside the title: status tags, a count. */
  readonly extra?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHeader({ title, eyebrow, extra, actions }: PageHeaderProps): JSX.Element {
  useDocumentTitle(typeof title === "string" ? title : "");
  return (
    <header className={styles.header}>
      <div className={styles.heading}>
        {eyebrow ? <div className={styles.eyebrow}>{eyebrow}</div> : null}
        <div className={styles.titleRow}>
          <h1 className={styles.title}>{title}</h1>
          {extra}
        </div>
      </div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </header>
  );
}
