import type { JSX, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ACTIONS } from "./role_document";
import styles from "./roles.module.css";

interface RightsTableProps {
  /** What the table shows, for screen readers. */
  readonly label: string;
  /** What stands in its rows. */
  readonly subject: string;
  /** Columns behind the actions. */
  readonly details: readonly string[];
  /** The bodies of the table. */
  readonly children: ReactNode;
}

/** A table with a column for every action; it scrolls sideways by itself. */
export function RightsTable({ label, subject, details, children }: RightsTableProps): JSX.Element {
  const { t } = useTranslation("roles");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={label}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col" className={styles.subject}>
              {subject}
            </th>
            {ACTIONS.map((action) => (
              <th key={action} scope="col">
                {t(`action.${action}`)}
              </th>
            ))}
            {details.map((title) => (
              <th key={title} scope="col" className={styles.last}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </section>
  );
}
