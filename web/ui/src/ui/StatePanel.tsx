import type { JSX, ReactNode } from "react";
import styles from "./StatePanel.module.css";

export type Scene = "empty" | "search" | "error" | "locked" | "missing" | "done";

/** Line drawings on one 96 × 72 grid: a bracket that waits, searches, breaks, locks, misses a block, or stands. */
const DRAWINGS: Readonly<Record<Scene, JSX.Element>> = {
  empty: (
    <>
      <path className={styles.faint} d="M18 22h60M30 22v8h12v-8M54 22v8h12v-8" />
      <path d="M26 34h44c0 6-4 10-10 10H36c-6 0-10-4-10-10z" />
      <path d="M40 48h16l-3 10H43z" />
    </>
  ),
  search: (
    <>
      <path className={styles.faint} d="M20 20h36M20 30h26M20 40h20M20 50h24" />
      <circle cx="60" cy="40" r="13" />
      <path d="m70 50 10 10" />
    </>
  ),
  error: (
    <>
      <path className={styles.faint} d="M18 56h60" />
      <path d="M24 24h22l-4 10 6 8H30c-4 0-6-4-6-8zM52 24h20v10c0 4-2 8-6 8H54l-5-8z" />
    </>
  ),
  locked: (
    <>
      <path className={styles.faint} d="M18 58h60" />
      <rect x="32" y="32" width="32" height="24" rx="4" />
      <path d="M38 32v-6a10 10 0 0 1 20 0v6M48 42v5" />
    </>
  ),
  missing: (
    <>
      <path className={styles.faint} d="M18 56h60M40 40h16v12H40z" strokeDasharray="3 4" />
      <path d="M22 40h14v12H22zM60 40h14v12H60zM22 22h52v12H22z" />
    </>
  ),
  done: (
    <>
      <path className={styles.faint} d="M18 58h60" />
      <path d="M24 22h48M28 22v8h10v-8M58 22v8h10v-8M26 34h44c0 6-4 9-9 9H35c-5 0-9-3-9-9zM41 46h14l-2 8H43z" />
    </>
  ),
};

interface StatePanelProps {
  readonly scene: Scene;
  readonly title: string;
  readonly detail?: ReactNode;
  /** The next step that helps from here. */
  readonly action?: ReactNode;
  readonly isCompact?: boolean;
}

/** What a page shows when it has no content to show: why, and what to do next. */
export function StatePanel({ scene, title, detail, action, isCompact = false }: StatePanelProps): JSX.Element {
  return (
    <div
      className={`${styles.panel} ${isCompact ? styles.compact : ""}`}
      role={scene === "error" ? "alert" : undefined}
    >
      <svg className={styles.drawing} viewBox="0 0 96 72" aria-hidden="true" focusable="false">
        {DRAWINGS[scene]}
      </svg>
      <p className={styles.title}>{title}</p>
      {detail ? <div className={styles.detail}>{detail}</div> : null}
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}
