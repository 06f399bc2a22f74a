import { type JSX, Suspense } from "react";
import styles from "./FieldInput.module.css";
import type { InputProps } from "./field_type";
import { fieldType } from "./field_types";

/** The input of a field, whatever its type. */
export function FieldInput(props: InputProps): JSX.Element {
  const { Input } = fieldType(props.field.type);
  return (
    <Suspense fallback={<span className={styles.place} />}>
      <Input {...props} />
    </Suspense>
  );
}
