import { type JSX, useEffect, useRef } from "react";
import styles from "./CheckMark.module.css";

interface CheckMarkProps {
  readonly label: string;
  readonly isChecked: boolean;
  readonly isPartial?: boolean;
  readonly onChange: () => void;
}

/** A bare check box for rows and headers of tables, with a finger-sized target around it. */
export function CheckMark({ label, isChecked, isPartial = false, onChange }: CheckMarkProps): JSX.Element {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = isPartial;
  }, [isPartial]);
  return (
    <label className={styles.target}>
      <input
        ref={box}
        type="checkbox"
        className={styles.box}
        checked={isChecked}
        onChange={onChange}
        aria-label={label}
      />
    </label>
  );
}
