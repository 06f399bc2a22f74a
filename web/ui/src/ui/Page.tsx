import type { JSX, ReactNode } from "react";
import styles from "./Page.module.css";

interface PageProps {
  readonly children: ReactNode;
  /** `reading`: a column no wider than text wants to be. `full`: everything the window gives. */
  readonly width?: "full" | "reading";
}

/** The padding and the width every page inside the shell has. */
export function Page({ children, width = "full" }: PageProps): JSX.Element {
  return <div className={`${styles.page} ${width === "reading" ? styles.reading : ""}`}>{children}</div>;
}
