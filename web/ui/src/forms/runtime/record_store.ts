import { applyPatches, enablePatches, type Patch, produceWithPatches } from "immer";
import type { Json, JsonObject } from "../../lib/json";
import type { Field } from "../field_type";
import type { Form } from "../form_schema";
import { type Path, topic } from "./paths";
import { changed, created, editable, isSame, newRowKey, ROW_KEY, type Row, rowsOf, type Values } from "./values";

enablePatches();

export interface FieldState {
  readonly visible: boolean;
  readonly required: boolean;
  readonly read_only: boolean;
}

export type Messages = ReadonlyMap<Path, readonly string[]>;

interface Step {
  readonly patches: readonly Patch[];
  readonly inverse: readonly Patch[];
  readonly path: Path | null;
  readonly at: number;
}

/** Typing in one field within this time is one step to undo. */
const STEP_MS = 1500;
const MOST_STEPS = 200;
const NO_MESSAGES: Messages = new Map();
/** Subscriptions to what no single field holds: errors as a whole, whether anything changed, undo. */
export const WHOLE = "";

let lastId = 0;

export type Draft = Record<string, Json | Row[]>;

/**
 * The state of one record while it is edited, outside of React. Components subscribe to one field (its topic), so a key
 * typed there draws that field again and no other. Values people enter are changed through immer: its patches are the
 * undo history. What the server computes lies beside them and is not part of the history.
 */
export class RecordStore {
  readonly form: Form;
  /** Prefix of the ids of its inputs: two records may be open at once. */
  readonly id: string;
  /** What choices brought along; it may be replaced by what the next choice brings, what people typed may not. */
  readonly filled = new Map<Path, Json>();
  /** Sub-tables that can bring a cell into view. */
  readonly showCell = new Map<string, (row: string, cell: string) => void>();
  values: Values;
  /** What is saved; `changes` are measured against it. */
  base: Values;
  /** Results of formulas, `lines/<row>/amount` and `total`. */
  computed: ReadonlyMap<Path, Json> = new Map();
  states: ReadonlyMap<Path, FieldState> = new Map();
  /** What the last attempt to save was told, and what the server says while typing about fields already visited. */
  errors: Messages = NO_MESSAGES;
  live: Messages = NO_MESSAGES;
  visited: ReadonlySet<Path> = new Set();
  #undo: Step[] = [];
  #redo: Step[] = [];
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(form: Form, values: JsonObject) {
    lastId += 1;
    this.id = `record${lastId}`;
    this.form = form;
    this.values = editable(form.fields, values);
    this.base = this.values;
  }

  subscribe(name: string, listener: () => void): () => void {
    const found = this.#listeners.get(name) ?? new Set();
    found.add(listener);
    this.#listeners.set(name, found);
    return () => void found.delete(listener);
  }

  #tell(names: Iterable<string>): void {
    for (const name of new Set([...names, WHOLE])) for (const listener of this.#listeners.get(name) ?? []) listener();
  }

  #tellAll(): void {
    this.#tell(this.#listeners.keys());
  }

  #change(path: Path | null, recipe: (draft: Draft) => void): void {
    const [next, patches, inverse] = produceWithPatches(this.values as Draft, recipe);
    if (patches.length === 0) return;
    this.values = next;
    this.#remember({ patches, inverse, path, at: Date.now() });
    this.#redo = [];
    if (path) this.#forgetErrors(path);
    this.#tell(patches.map((patch) => String(patch.path[0])));
  }

  #remember(step: Step): void {
    const last = this.#undo.at(-1);
    if (last && step.path && last.path === step.path && step.at - last.at < STEP_MS) {
      this.#undo[this.#undo.length - 1] = {
        ...step,
        patches: [...last.patches, ...step.patches],
        inverse: [...step.inverse, ...last.inverse],
      };
    } else {
      this.#undo = [...this.#undo.slice(1 - MOST_STEPS), step];
    }
  }

  #forgetErrors(path: Path): void {
    if (!this.errors.has(path)) return;
    const left = new Map(this.errors);
    left.delete(path);
    this.errors = left;
  }

  set(path: Path, value: Json): void {
    const [field = "", row, cell] = path.split("/");
    if (row === undefined || cell === undefined) {
      this.#change(path, (draft) => {
        draft[field] = value as Json | Row[];
      });
    } else {
      this.setCells(field, [{ row, cell, value }], path);
    }
  }

  /** Several cells as one step; rows that are not there any more are passed over. */
  setCells(table: string, cells: readonly CellChange[], path: Path | null = null): void {
    this.#change(path, (draft) => {
      const rows = new Map((draft[table] as Record<string, Json>[]).map((row) => [row[ROW_KEY], row]));
      for (const { row, cell, value } of cells) {
        const found = rows.get(row);
        if (found) found[cell] = value;
      }
    });
  }

  rows(table: string): readonly Row[] {
    return rowsOf(this.values[table] as Json);
  }

  /** Adds rows at a place (the end when absent); returns their keys. */
  insertRows(table: string, rows: readonly JsonObject[], at?: number): readonly string[] {
    const added = rows.map((row) => ({ ...row, [ROW_KEY]: newRowKey() }));
    this.#change(null, (draft) => {
      const list = draft[table] as Row[];
      list.splice(at ?? list.length, 0, ...added);
    });
    return added.map((row) => row[ROW_KEY]);
  }

  removeRows(table: string, keys: ReadonlySet<string>): void {
    this.#change(null, (draft) => {
      draft[table] = (draft[table] as Row[]).filter((row) => !keys.has(row[ROW_KEY]));
    });
  }

  /** Fills what is empty without a step of its own: defaults that the server gave to new rows. */
  settle(recipe: (draft: Draft) => void): void {
    const [next, patches] = produceWithPatches(this.values as Draft, recipe);
    if (patches.length === 0) return;
    this.values = next;
    this.#tell(patches.map((patch) => String(patch.path[0])));
  }

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  undo(): void {
    const step = this.#undo.pop();
    if (!step) return;
    this.#redo.push(step);
    this.#jump(step.inverse);
  }

  redo(): void {
    const step = this.#redo.pop();
    if (!step) return;
    this.#undo.push(step);
    this.#jump(step.patches);
  }

  #jump(patches: readonly Patch[]): void {
    this.values = applyPatches(this.values as Draft, patches as Patch[]);
    this.#tell(patches.map((patch) => String(patch.path[0])));
  }

  visit(path: Path): void {
    if (this.visited.has(path)) return;
    this.visited = new Set([...this.visited, path]);
    if (this.live.has(path)) this.#tell([topic(path)]);
  }

  /** The answer of an evaluation: only fields whose computed value, state or message differ are told. */
  evaluated(computed: ReadonlyMap<Path, Json>, states: ReadonlyMap<Path, FieldState>, live: Messages): void {
    const told = new Set<string>();
    const compare = (one: ReadonlyMap<Path, unknown>, other: ReadonlyMap<Path, unknown>) => {
      for (const key of new Set([...one.keys(), ...other.keys()])) {
        if (JSON.stringify(one.get(key)) !== JSON.stringify(other.get(key))) told.add(topic(key));
      }
    };
    compare(this.computed, computed);
    compare(this.states, states);
    compare(this.live, live);
    this.computed = computed;
    this.states = states;
    this.live = live;
    if (told.size > 0) this.#tell(told);
  }

  inputId(path: Path): string {
    return `${this.id}-${path.replaceAll("/", "-")}`;
  }

  /** One message at a place, beside what the server said there. */
  mark(path: Path, message: string): void {
    this.errors = new Map([...this.errors, [path, [message]]]);
    this.#tell([topic(path)]);
  }

  /** Values that a choice at `path` brings for the fields beside it: into what is empty or was brought before. */
  fill(path: Path, values: JsonObject): void {
    const prefix = path.slice(0, path.lastIndexOf("/") + 1);
    for (const [key, value] of Object.entries(values)) {
      const place = prefix + key;
      const stands = this.value(place) ?? null;
      if (value === null || !(stands === null || stands === "" || stands === this.filled.get(place))) continue;
      this.filled.set(place, value);
      this.set(place, value);
    }
  }

  refuse(errors: Messages): void {
    this.errors = errors;
    this.#tellAll();
  }

  /** Takes over what is saved now. */
  restart(values: JsonObject): void {
    this.values = editable(this.form.fields, values);
    this.base = this.values;
    this.#undo = [];
    this.#redo = [];
    this.errors = NO_MESSAGES;
    this.live = NO_MESSAGES;
    this.visited = new Set();
    this.#tellAll();
  }

  /** Other values upon the same base: a draft that was kept, or the outcome of a conflict. */
  replace(values: Values): void {
    this.#change(null, (draft) => {
      for (const [key, value] of Object.entries(values)) draft[key] = value as Json | Row[];
    });
  }

  rebase(values: JsonObject): void {
    this.base = editable(this.form.fields, values);
    this.#tellAll();
  }

  changes(): JsonObject {
    return changed(this.form.fields, this.base, this.values);
  }

  all(): JsonObject {
    return created(this.form.fields, this.values);
  }

  get isChanged(): boolean {
    return this.form.fields.some((field) => !field.isReadOnly && this.isFieldChanged(field));
  }

  isFieldChanged(field: Field): boolean {
    return !isSame(field, (this.base[field.key] ?? null) as Json, (this.values[field.key] ?? null) as Json);
  }

  /** The value to show: computed where the server computes it. */
  value(path: Path): Json | undefined {
    const computed = this.computed.get(path);
    if (computed !== undefined) return computed;
    const [field = "", row, cell] = path.split("/");
    if (row === undefined || cell === undefined) return this.values[field] as Json | undefined;
    return this.rows(field).find((one) => one[ROW_KEY] === row)?.[cell];
  }

  messages(path: Path): readonly string[] {
    return this.errors.get(path) ?? (this.visited.has(path) ? (this.live.get(path) ?? NONE) : NONE);
  }
}

const NONE: readonly string[] = [];

export interface CellChange {
  readonly row: string;
  readonly cell: string;
  readonly value: Json;
}
