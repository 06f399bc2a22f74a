import { type JSX, memo, useLayoutEffect, useRef } from "react";
import { FieldInput } from "../FieldInput";
import type { Field } from "../field_type";
import { fieldType } from "../field_types";
import { cellPath } from "../runtime/paths";
import { useFieldState, useMessage, useStore, useValue } from "../runtime/use_record";
import { ROW_KEY, type Row } from "../runtime/values";
import styles from "./DataGrid.module.css";
import type { Editing, Grid } from "./use_grid";

interface GridCellProps {
  readonly id: string;
  readonly table: Field;
  readonly field: Field;
  readonly row: Row;
  readonly index: number;
  readonly column: number;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly editing: Editing | null;
  readonly isReadOnly: boolean;
  readonly grid: Grid;
}

function Cell(props: GridCellProps): JSX.Element {
  const { id, table, field, row, index, column, isActive, isSelected, editing, grid } = props;
  const path = cellPath(table.key, row[ROW_KEY], field.key);
  const value = useValue(path);
  const state = useFieldState(path);
  const message = useMessage(path);
  const { Cell: Shown, align } = fieldType(field.type);
  const isClosed = props.isReadOnly || field.isReadOnly || (state?.read_only ?? false);
  const spot = { row: index, column };
  return (
    <span
      id={id}
      role="gridcell"
      aria-colindex={column + 2}
      aria-selected={isSelected}
      aria-readonly={isClosed}
      aria-invalid={message !== undefined}
      className={styles.cell}
      data-align={align}
      data-active={isActive}
      data-selected={isSelected}
      data-closed={isClosed}
      data-error={message !== undefined}
      title={message}
      onMouseDown={(event) => {
        if (editing || event.button !== 0) return;
        grid.choose(spot, event.shiftKey);
      }}
      onMouseEnter={(event) => {
        if (event.buttons === 1 && !grid.editing && !isActive) grid.choose(spot, true);
      }}
      onDoubleClick={() => {
        if (!editing) grid.edit(spot);
      }}
      onClick={() => {
        if (!editing && field.type === "boolean" && isActive) grid.edit(spot);
      }}
    >
      {editing ? (
        <Editor field={field} path={path} editing={editing} grid={grid} />
      ) : state?.visible === false ? null : (
        <Shown value={value} field={field} />
      )}
      {message ? <span className="visually-hidden">{message}</span> : null}
    </span>
  );
}

interface EditorProps {
  readonly field: Field;
  readonly path: string;
  readonly editing: Editing;
  readonly grid: Grid;
}

/** The one editor of the grid, in the cell it edits. */
function Editor({ field, path, editing, grid }: EditorProps): JSX.Element {
  const store = useStore();
  const value = useValue(path);
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const input = box.current?.querySelector<HTMLInputElement | HTMLTextAreaElement>("input, textarea");
    input?.focus();
    if (input && input.type !== "search") input.setSelectionRange?.(input.value.length, input.value.length);
  }, []);
  return (
    <div ref={box} className={styles.editor}>
      <FieldInput
        id={store.inputId(path)}
        field={field}
        form={store.form.name}
        value={value}
        onChange={grid.take}
        onFill={(values) => store.fill(path, values)}
        label={field.title}
        isInGrid
        shouldFocus
        firstSearch={editing.typed ?? undefined}
      />
    </div>
  );
}

/** Cells outside of the range and the row that changed are not drawn again. */
export const GridCell = memo(Cell, (before, after) => {
  const isQuiet = !before.isActive && !after.isActive && !before.isSelected && !after.isSelected;
  return (
    isQuiet &&
    before.row[ROW_KEY] === after.row[ROW_KEY] &&
    before.index === after.index &&
    before.isReadOnly === after.isReadOnly &&
    before.field === after.field
  );
});
