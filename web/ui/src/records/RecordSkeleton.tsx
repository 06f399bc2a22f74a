import type { JSX } from "react";
import { Lines } from "../ui/Lines";
import styles from "./RecordPage.module.css";

/** The shape of a record page before it is there. */
export function RecordSkeleton(): JSX.Element {
  return (
    <div className={styles.skeleton}>
      <Lines rows={1} />
      <div className={styles.block}>
        <Lines rows={6} />
      </div>
      <div className={styles.block}>
        <Lines rows={4} />
      </div>
    </div>
  );
}
