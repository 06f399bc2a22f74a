import type { JSX } from "react";
import { Avatar } from "./Avatar";
import styles from "./Person.module.css";

interface PersonProps {
  readonly name: string;
}

export function Person({ name }: PersonProps): JSX.Element {
  return (
    <span className={styles.person}>
      <Avatar name={name} size={20} />
      <span className={styles.name}>{name}</span>
    </span>
  );
}
