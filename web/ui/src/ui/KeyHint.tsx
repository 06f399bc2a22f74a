import type { JSX } from "react";
import styles from "./KeyHint.module.css";

interface KeyHintProps {
  readonly keys: readonly string[];
}

export function KeyHint({ keys }: KeyHintProps): JSX.Element {
  return (
    <span className={styles.keys}>
      {keys.map((key) => (
        <kbd key={key} className={styles.key}>
          {key}
        </kbd>
      ))}
    </span>
  );
}
