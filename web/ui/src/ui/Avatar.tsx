import type { CSSProperties, JSX } from "react";
import styles from "./Avatar.module.css";
import { TAG_COLORS } from "./tokens";

/** Below this a circle holds one Chinese character. */
const ROOM_FOR_TWO = 26;

/** Chinese names are told apart by their last characters, others by their initials. */
export function initials(name: string, most = 2): string {
  const trimmed = name.trim();
  if (/[㐀-鿿]/.test(trimmed)) return trimmed.slice(-most);
  const words = trimmed.split(/[\s._-]+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}

function hueOf(name: string): string {
  let sum = 0;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  // Grey, the first, reads as "nobody".
  return TAG_COLORS[1 + (sum % (TAG_COLORS.length - 1))] ?? "blue";
}

interface AvatarProps {
  readonly name: string;
  readonly size?: number;
}

/** Decorative: the name always stands beside it or in the control's label. */
export function Avatar({ name, size = 24 }: AvatarProps): JSX.Element {
  const hue = hueOf(name);
  const style: CSSProperties = {
    width: size,
    height: size,
    fontSize: Math.max(10, Math.round(size * 0.4)),
    background: `var(--dg-tag-${hue}-bg)`,
    color: `var(--dg-tag-${hue}-fg)`,
  };
  return (
    <span className={styles.avatar} style={style} aria-hidden="true">
      {initials(name, size < ROOM_FOR_TWO ? 1 : 2)}
    </span>
  );
}
