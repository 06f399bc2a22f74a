import { Paperclip } from "lucide-react";
import type { JSX } from "react";
import styles from "../cells.module.css";
import type { CellProps, FieldType } from "../field_type";
import { filesOf } from "../files";
import { lazyInput } from "../lazy_input";

function Cell({ value }: CellProps): JSX.Element | null {
  const files = filesOf(value);
  if (files.length === 0) return null;
  return (
    <span className={styles.inline} title={files.map((file) => file.title).join("\n")}>
      <Paperclip size={14} aria-hidden="true" />
      <span className={styles.ellipsis}>{files.length === 1 ? files[0]?.title : files.length}</span>
    </span>
  );
}

export const fieldType: FieldType = {
  name: "file",
  Cell,
  Input: lazyInput(() => import("../inputs/FileInput").then((module) => module.FileInput)),
  width: 120,
  isBulky: true,
};
