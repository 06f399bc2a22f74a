import { type ClipboardEvent, type FocusEvent, type KeyboardEvent, useState } from "react";
import { flushSync } from "react-dom";
import type { Json } from "../../lib/json";
import type { Field } from "../field_type";
import { cellPath } from "../runtime/paths";
import type { RecordStore } from "../runtime/record_store";
import { ROW_KEY } from "../runtime/values";
import { cellText, parseTsv, readInteger, writeTsv } from "./clipboard";
import { clearCells, duplicateRows, fillDown, pasteCells, type Spot } from "./paste";

export interface Editing {
  /** What the cell held before: Esc brings it back. */
  readonly before: Json;
  /** What was typed to begin; lists of choices search for it. */
  readonly typed: string | null;
}

interface GridState {
  readonly active: Spot;
  readonly anchor: Spot;
  readonly editing: Editing | null;
}

interface GridOptions {
  readonly store: RecordStore;
  readonly table: Field;
  readonly isReadOnly: boolean;
  readonly isCellReadOnly: (spot: Spot) => boolean;
  readonly show: (spot: Spot) => void;
  readonly focusGrid: () => void;
  readonly notFound: (name: string) => string;
  readonly onPasted: (rows: number) => void;
}

/** Types whose editor is a list or a calendar: Enter belongs to it, and a choice ends the editing. */
const CHOSEN: ReadonlySet<string> = new Set(["select", "relation", "member", "department", "date"]);
const LISTS: ReadonlySet<string> = new Set([...CHOSEN, "multi_select", "datetime"]);
const TYPED: ReadonlySet<string> = new Set(["text", "long_text", "decimal", "money", "integer"]);
const OPENING: ReadonlySet<string> = new Set(["Enter", "F2", " "]);
const CLEARING: ReadonlySet<string> = new Set(["Delete", "Backspace"]);
const PAGE = 10;

const MOVES: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-PAGE, 0],
  PageDown: [PAGE, 0],
};

const POPUPS = ".ant-drawer, .ant-select-dropdown, .ant-picker-dropdown";

/** From a drawer or a list that a cell opened: React hands such events to the grid, though they are not inside it. */
function isElsewhere({ currentTarget, target }: KeyboardEvent | ClipboardEvent): boolean {
  return !currentTarget.contains(target as Node);
}

function isPrintable({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return key.length === 1 && !ctrlKey && !metaKey && !altKey;
}

/** The value of a cell that somebody begins to type into, before its editor has it. */
function begun(field: Field, text: string): Json {
  if (text === "") return null;
  return field.type === "integer" ? readInteger(text) : text;
}

/** Where a key leads from a cell, `null` when it leads nowhere. */
function moved(event: KeyboardEvent, from: Spot, last: Spot): Spot | null {
  const isAll = event.ctrlKey || event.metaKey;
  if (event.key === "Home") return { row: isAll ? 0 : from.row, column: 0 };
  if (event.key === "End") return { row: isAll ? last.row : from.row, column: last.column };
  const [rows, columns] = MOVES[event.key] ?? [0, 0];
  if (rows === 0 && columns === 0) return null;
  const far = isAll ? Number.MAX_SAFE_INTEGER : 1;
  return { row: from.row + rows * far, column: from.column + columns * far };
}

export interface Grid extends GridState {
  readonly from: Spot;
  readonly to: Spot;
  readonly isChosen: (field: Field) => boolean;
  choose(spot: Spot, isExtending?: boolean): void;
  edit(spot: Spot, typed?: string | null): void;
  /** A value from the editor; a choice from a list ends the editing. */
  take(value: Json): void;
  onKeyDown(event: KeyboardEvent): void;
  onCopy(event: ClipboardEvent): void;
  onCut(event: ClipboardEvent): void;
  onPaste(event: ClipboardEvent): void;
  onBlur(event: FocusEvent): void;
  addRow(): void;
  duplicate(): void;
  remove(row?: number): void;
}

/** The behaviour of an editable grid, as in a spreadsheet. */
export function useGrid(options: GridOptions): Grid {
  const { store, table, isReadOnly } = options;
  const [state, setState] = useState<GridState>({ active: START, anchor: START, editing: null });
  const columns = table.fields.length;
  const count = () => store.rows(table.key).length;
  const clamp = ({ row, column }: Spot): Spot => ({
    row: Math.max(0, Math.min(row, count() - 1)),
    column: Math.max(0, Math.min(column, columns - 1)),
  });
  const active = clamp(state.active);
  const anchor = clamp(state.anchor);
  const from = { row: Math.min(active.row, anchor.row), column: Math.min(active.column, anchor.column) };
  const to = { row: Math.max(active.row, anchor.row), column: Math.max(active.column, anchor.column) };
  const rowAt = (row: number) => store.rows(table.key)[row];
  const pathAt = ({ row, column }: Spot) => {
    const key = rowAt(row)?.[ROW_KEY];
    const field = table.fields[column];
    return key && field ? cellPath(table.key, key, field.key) : null;
  };

  const choose = (spot: Spot, isExtending = false) => {
    const next = clamp(spot);
    setState((old) => ({ active: next, anchor: isExtending ? old.anchor : next, editing: null }));
    options.show(next);
  };
  const stop = (next: Spot | null) => {
    const path = pathAt(active);
    if (path) store.visit(path);
    options.focusGrid();
    if (next) choose(next);
    else setState((old) => ({ ...old, editing: null }));
  };
  const edit = (spot: Spot, typed: string | null = null) => {
    const path = pathAt(spot);
    const field = table.fields[spot.column];
    if (!path || !field || isReadOnly || options.isCellReadOnly(spot)) return;
    const before = (store.value(path) ?? null) as Json;
    if (field.type === "boolean") {
      store.set(path, before !== true);
      choose(spot);
      return;
    }
    if (typed !== null && TYPED.has(field.type)) store.set(path, begun(field, typed));
    setState({ active: spot, anchor: spot, editing: { before, typed } });
    options.show(spot);
  };
  const take = (value: Json) => {
    const path = pathAt(active);
    if (path) store.set(path, value);
    const type = table.fields[active.column]?.type ?? "";
    if (state.editing && CHOSEN.has(type)) stop(nextEditable(active, 1));
  };
  const addRow = () => {
    store.insertRows(table.key, [{}]);
    const spot = {
      row: count() - 1,
      column: Math.max(
        0,
        table.fields.findIndex((field) => !field.isReadOnly),
      ),
    };
    options.focusGrid();
    edit(spot);
  };
  /** The next cell that may be edited, in reading order; `null` past the ends. */
  const nextEditable = (spot: Spot, step: 1 | -1): Spot | null => {
    for (let at = spot.row * columns + spot.column + step; at >= 0 && at < count() * columns; at += step) {
      const found = { row: Math.floor(at / columns), column: at % columns };
      if (!options.isCellReadOnly(found)) return found;
    }
    return null;
  };

  const onEditingTab = (isBack: boolean) => {
    const next = nextEditable(active, isBack ? -1 : 1);
    if (next || isBack || isReadOnly) stop(next);
    else addRow();
  };
  /** The editor is still on its way: what is typed meanwhile is not lost. */
  const onEarlyKey = (event: KeyboardEvent): boolean => {
    const path = pathAt(active);
    if (event.target !== event.currentTarget || !isPrintable(event) || !path) return false;
    const field = table.fields[active.column];
    if (field && TYPED.has(field.type)) store.set(path, begun(field, `${store.value(path) ?? ""}${event.key}`));
    else
      setState((old) => ({
        ...old,
        editing: old.editing && { ...old.editing, typed: (old.editing.typed ?? "") + event.key },
      }));
    return true;
  };
  const onEditingKey = (event: KeyboardEvent): boolean => {
    const path = pathAt(active);
    const type = table.fields[active.column]?.type ?? "";
    if (event.key === "Escape") {
      if (path && state.editing) store.set(path, state.editing.before);
      stop(null);
    } else if (event.key === "Tab") onEditingTab(event.shiftKey);
    else if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && !LISTS.has(type)) {
      stop({ row: active.row + 1, column: active.column });
    } else return onEarlyKey(event);
    return true;
  };
  const onMove = (event: KeyboardEvent): boolean => {
    const next = moved(event, active, { row: count() - 1, column: columns - 1 });
    if (next) choose(next, event.shiftKey);
    return next !== null;
  };
  const onTab = (event: KeyboardEvent): boolean => {
    const at = active.row * columns + active.column + (event.shiftKey ? -1 : 1);
    if (at < 0 || at >= count() * columns) return false;
    choose({ row: Math.floor(at / columns), column: at % columns });
    return true;
  };
  const onAct = (event: KeyboardEvent): boolean => {
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "d") fillDown(store, table, from, to);
    else if (OPENING.has(key)) edit(active, key === " " ? "" : null);
    else if (CLEARING.has(key)) clearCells(store, table, from, to);
    else if (isPrintable(event)) edit(active, key);
    else {
      // An input method begins: the cell is emptied, and its editor takes what is composed.
      if (key === "Process") flushSync(() => edit(active, ""));
      return false;
    }
    return true;
  };
  const onIdleKey = (event: KeyboardEvent): boolean => {
    if (event.target !== event.currentTarget || count() === 0) return false;
    if (event.key === "Tab") return onTab(event);
    return onMove(event) || (!isReadOnly && onAct(event));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isElsewhere(event)) return;
    const isDone = state.editing ? onEditingKey(event) : onIdleKey(event);
    if (!isDone) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const copy = (event: ClipboardEvent) => {
    const cells = store.rows(table.key).slice(from.row, to.row + 1);
    const fields = table.fields.slice(from.column, to.column + 1);
    const text = (key: string, field: Field) => cellText(field, store.value(cellPath(table.key, key, field.key)));
    event.clipboardData.setData(
      "text/plain",
      writeTsv(cells.map((row) => fields.map((field) => text(row[ROW_KEY], field)))),
    );
    event.preventDefault();
  };
  return {
    active,
    anchor,
    editing: state.editing,
    from,
    to,
    isChosen: (field) => CHOSEN.has(field.type),
    choose,
    edit,
    take,
    onKeyDown,
    onCopy: (event) => {
      if (!isElsewhere(event) && !state.editing && count() > 0) copy(event);
    },
    onCut: (event) => {
      if (isElsewhere(event) || state.editing || isReadOnly || count() === 0) return;
      copy(event);
      clearCells(store, table, from, to);
    },
    onPaste: (event) => {
      if (isElsewhere(event)) return;
      const cells = parseTsv(event.clipboardData.getData("text/plain"));
      const isTable = cells.length > 1 || (cells[0]?.length ?? 0) > 1;
      if (isReadOnly || cells.length === 0 || (state.editing && !isTable)) return;
      event.preventDefault();
      if (state.editing) stop(null);
      void pasteCells(store, table, cells, from, options.notFound).then(() => options.onPasted(cells.length));
    },
    onBlur: (event) => {
      const to = event.relatedTarget;
      if (!state.editing || !to || event.currentTarget.contains(to) || to.closest(POPUPS)) return;
      const path = pathAt(active);
      if (path) store.visit(path);
      setState((old) => ({ ...old, editing: null }));
    },
    addRow,
    duplicate: () => duplicateRows(store, table, from.row, to.row),
    remove: (row) => {
      const rows = row === undefined ? store.rows(table.key).slice(from.row, to.row + 1) : [rowAt(row)];
      store.removeRows(table.key, new Set(rows.flatMap((one) => (one ? [one[ROW_KEY]] : []))));
    },
  };
}

const START: Spot = { row: 0, column: 0 };
