import type { JSX, ReactNode } from "react";
import styles from "./CountBadge.module.css";

interface CountBadgeProps {
  readonly count: number;
  readonly children: ReactNode;
  /** `alert` calls for attention, `info` only tells. */
  readonly tone?: "alert" | "info";
}

const MOST = 99;

/** A number at the corner of what it counts; the control's label must say it too. */
export function CountBadge({ count, children, tone = "alert" }: CountBadgeProps): JSX.Element {
  return (
    <span className={styles.anchor}>
      {children}
      {count > 0 ? (
        <span className={styles.count} data-tone={tone} aria-hidden="true">
          {count > MOST ? `${MOST}+` : count}
        </span>
      ) : null}
    </span>
  );
}
