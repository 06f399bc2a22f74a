import type { JSX } from "react";
import { Tag } from "../ui/Tag";
import type { Group } from "./report_types";
import { useGroupTitle } from "./use_group_title";

/** A group's name, in the colour that its option has. */
export function GroupName({ group }: { readonly group: Group }): JSX.Element {
  const text = useGroupTitle()(group);
  return group.color ? <Tag color={group.color}>{text}</Tag> : <span>{text}</span>;
}
