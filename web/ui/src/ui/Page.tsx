import type { JSX, ReactNode } from "react";
import styles from "./Page.module.css";

interface PageProps {
  readonly children: ReactNode;
  /** `reading`: a column no wider than text wants to be. `full`: everything the window gives. */
  readonly width?: "full" | "reading";
  /** As high as the window, with a part that scrolls inside: lists. Phones scroll as a whole. */
  readonly isFixed?: boolean;
}

/** The padding and the width every page inside the shell has. */
export function Page({ children, width = "full", isFixed = false }: PageProps): JSX.Element {
  return (
    <div className={styles.page} data-width={width} data-fixed={isFixed}>
      {children}
    </div>
  );
}
