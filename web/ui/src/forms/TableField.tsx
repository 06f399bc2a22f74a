import { type JSX, lazy, Suspense } from "react";
import { Lines } from "../ui/Lines";
import { useIsMobile } from "../ui/use_is_mobile";
import styles from "./FormField.module.css";
import type { Field } from "./field_type";

const DataGrid = lazy(() => import("./grid/DataGrid").then((module) => ({ default: module.DataGrid })));
const RowCards = lazy(() => import("./grid/RowCards").then((module) => ({ default: module.RowCards })));

interface TableFieldProps {
  readonly field: Field;
  readonly isReadOnly: boolean;
  readonly message: string | undefined;
}

/** A sub-table: a spreadsheet, or on a phone cards that open one by one. */
export function TableField({ field, isReadOnly, message }: TableFieldProps): JSX.Element {
  const isMobile = useIsMobile();
  return (
    <>
      <Suspense fallback={<Lines rows={3} />}>
        {isMobile ? (
          <RowCards table={field} isReadOnly={isReadOnly} />
        ) : (
          <DataGrid table={field} isReadOnly={isReadOnly} />
        )}
      </Suspense>
      {message ? (
        <p className={styles.error} role="alert">
          {message}
        </p>
      ) : null}
    </>
  );
}
