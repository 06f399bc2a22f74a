import { Tooltip } from "antd";
import type { JSX, ReactNode } from "react";
import styles from "./SideMenu.module.css";

interface MenuLabelProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly count?: number;
  readonly isCollapsed: boolean;
}

/** One line of the menu; on the rail the icon alone, its title in a tooltip. */
export function MenuLabel({ icon, title, count, isCollapsed }: MenuLabelProps): JSX.Element {
  const label = (
    <>
      <span className={styles.icon}>{icon}</span>
      <span className={isCollapsed ? "visually-hidden" : styles.title}>{title}</span>
      {count ? <span className={isCollapsed ? styles.dot : styles.count}>{count > 99 ? "99+" : count}</span> : null}
    </>
  );
  if (!isCollapsed) return <span className={styles.label}>{label}</span>;
  return (
    <Tooltip title={title} placement="right">
      <span className={styles.label}>{label}</span>
    </Tooltip>
  );
}
