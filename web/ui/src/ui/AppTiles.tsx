import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { flatten, targetOf } from "../lib/menu";
import type { SessionApp } from "../lib/session";
import styles from "./AppTiles.module.css";
import { Icon } from "./Icon";
import { MenuLink } from "./MenuLink";

interface AppTilesProps {
  readonly apps: readonly SessionApp[];
}

/** Each app with everything in its menu, one click away. */
export function AppTiles({ apps }: AppTilesProps): JSX.Element {
  return (
    <div className={styles.apps}>
      {apps.map((app) => (
        <section key={app.key} className={styles.app} aria-label={app.title}>
          <Link to="/apps/$app" params={{ app: app.key }} className={styles.name}>
            <span className={styles.mark}>
              <Icon name={app.icon ?? app.key} fallback="app" size={18} />
            </span>
            {app.title}
          </Link>
          <ul className={styles.entries}>
            {flatten(app.menu).map((entry) => {
              const target = targetOf(entry, app.key);
              return target ? (
                <li key={entry.key}>
                  <MenuLink target={target} className={styles.entry}>
                    <Icon name={entry.icon} fallback={target.kind} size={17} />
                    <span className={styles.title}>{entry.title}</span>
                  </MenuLink>
                </li>
              ) : null;
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}
