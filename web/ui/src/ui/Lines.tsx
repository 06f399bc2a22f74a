import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Lines.module.css";

interface LinesProps {
  readonly rows?: number;
}

const WIDTHS = ["92%", "78%", "86%", "64%", "81%", "70%"] as const;

/** Grey lines in place of text that is on its way. */
export function Lines({ rows = 6 }: LinesProps): JSX.Element {
  const { t } = useTranslation("ui");
  return (
    <div className={styles.lines} role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of a skeleton have no identity
        <span key={index} className={styles.line} style={{ width: WIDTHS[index % WIDTHS.length] }} />
      ))}
    </div>
  );
}
