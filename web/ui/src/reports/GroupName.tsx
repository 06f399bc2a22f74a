import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Tag } from "../ui/Tag";
import styles from "./Figure.module.css";
import type { Column, Group, Links } from "./report_types";
import { useGroupTitle } from "./use_group_title";

interface GroupNameProps {
  readonly group: Group;
  readonly dimension?: Column;
  readonly links?: Links;
}

/** A group's name, in the colour that its option has; where it stands for a shared filter, pressing it narrows the page. */
export function GroupName({ group, dimension, links }: GroupNameProps): JSX.Element {
  const { t } = useTranslation("reports");
  const text = useGroupTitle()(group);
  const name = group.color ? <Tag color={group.color}>{text}</Tag> : <span>{text}</span>;
  if (!dimension || !links?.dimensions.includes(dimension.key) || group.is_others) return name;
  const pick = { group: { [dimension.key]: group }, others: [], measure: null };
  const isSet = links.isSet(pick);
  return (
    <button
      type="button"
      className={styles.press}
      aria-pressed={isSet}
      onClick={() => links.press(pick)}
      title={isSet ? t("link.free") : t("link.narrow", { group: text })}
    >
      {name}
    </button>
  );
}
