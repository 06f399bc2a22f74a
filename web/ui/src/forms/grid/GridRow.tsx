import { X } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../field_type";
import type { Row } from "../runtime/values";
import styles from "./DataGrid.module.css";
import { GridCell } from "./GridCell";
import type { Grid } from "./use_grid";

interface GridRowProps {
  readonly id: string;
  readonly table: Field;
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly template: string;
  readonly grid: Grid;
  readonly isReadOnly: boolean;
}

export function GridRow(props: GridRowProps): JSX.Element {
  const { id, table, row, index, top, template, grid, isReadOnly } = props;
  const { t } = useTranslation("forms");
  const { active, from, to, editing } = grid;
  const isInRange = index >= from.row && index <= to.row;
  return (
    <div
      role="row"
      className={styles.row}
      aria-rowindex={index + 2}
      style={{ gridTemplateColumns: template, transform: `translateY(${top}px)` }}
    >
      <span role="rowheader" className={styles.number}>
        {index + 1}
      </span>
      {table.fields.map((field, column) => {
        const isActive = index === active.row && column === active.column;
        return (
          <GridCell
            key={field.key}
            id={`${id}-${index}-${column}`}
            table={table}
            field={field}
            row={row}
            column={column}
            index={index}
            isActive={isActive}
            isSelected={isInRange && column >= from.column && column <= to.column}
            editing={isActive ? editing : null}
            isReadOnly={isReadOnly}
            grid={grid}
          />
        );
      })}
      {isReadOnly ? null : (
        <span role="gridcell" className={styles.action}>
          <button
            type="button"
            className={styles.remove}
            tabIndex={-1}
            aria-label={t("grid.remove_row", { row: index + 1 })}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => grid.remove(index)}
          >
            <X size={15} aria-hidden="true" />
          </button>
        </span>
      )}
    </div>
  );
}
