import { Paperclip } from "lucide-react";
import type { JSX } from "react";
import { isObject } from "../../lib/json";
import styles from "../cells.module.css";
import type { CellProps, FieldType, InputProps } from "../field_type";

interface FileValue {
  readonly id: string;
  readonly name: string;
}

function filesOf(value: unknown): readonly FileValue[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter(isObject).map((one) => ({ id: String(one.id), name: String(one.name ?? one.title ?? one.id) }));
}

function Cell({ value }: CellProps): JSX.Element | null {
  const files = filesOf(value);
  if (files.length === 0) return null;
  return (
    <span className={styles.inline} title={files.map((file) => file.name).join("\n")}>
      <Paperclip size={14} aria-hidden="true" />
      <span className={styles.ellipsis}>{files.length === 1 ? files[0]?.name : files.length}</span>
    </span>
  );
}

function Input({ value, field }: InputProps): JSX.Element | null {
  return <Cell value={value} field={field} />;
}

export const fieldType: FieldType = { name: "file", Cell, Input, width: 120, isBulky: true };
