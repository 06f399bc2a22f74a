import { type JSX, type ReactNode, useId } from "react";
import styles from "./Card.module.css";

interface CardProps {
  readonly title: ReactNode;
  /** Beside the title: a link to all of it, a switch. */
  readonly extra?: ReactNode;
  readonly children: ReactNode;
}

/** A titled surface on a page. */
export function Card({ title, extra, children }: CardProps): JSX.Element {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id}>
      <header className={styles.header}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {extra}
      </header>
      <div className={styles.body}>{children}</div>
    </section>
  );
}
