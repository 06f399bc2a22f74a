import type { CSSProperties, JSX, ReactNode } from "react";
import styles from "./Tag.module.css";
import { TAG_COLORS, type TagColor } from "./tokens";

const SYNONYMS: Readonly<Record<string, TagColor>> = {
  gray: "grey",
  default: "grey",
  yellow: "gold",
  amber: "gold",
  teal: "cyan",
  lime: "green",
  volcano: "orange",
  magenta: "pink",
  violet: "purple",
  geekblue: "blue",
};

/** The colour that a definition names, or grey: a tag is readable whatever someone wrote. */
export function tagColor(name: unknown): TagColor {
  const found = TAG_COLORS.find((color) => color === name);
  return found ?? (typeof name === "string" ? SYNONYMS[name] : undefined) ?? "grey";
}

interface TagProps {
  readonly color?: string;
  readonly children: ReactNode;
}

export function Tag({ color, children }: TagProps): JSX.Element {
  const hue = tagColor(color);
  const style: CSSProperties = { background: `var(--dg-tag-${hue}-bg)`, color: `var(--dg-tag-${hue}-fg)` };
  return (
    <span className={styles.tag} style={style}>
      {children}
    </span>
  );
}
