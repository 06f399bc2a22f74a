import type { JSX } from "react";
import styles from "./JobsPage.module.css";

const SHORT = 120;

/** Why something failed: its first line, the rest on demand. */
export function ErrorText({ error }: { readonly error: string | null }): JSX.Element {
  if (!error) return <>–</>;
  const first = error.split("\n", 1)[0] ?? "";
  if (error.length <= SHORT) return <span className={styles.error}>{error}</span>;
  return (
    <details className={styles.error}>
      <summary>{first.length > SHORT ? `${first.slice(0, SHORT)}…` : first}</summary>
      {error}
    </details>
  );
}
