/** Where a value stands: `customer`, or a cell as `lines/<row key>/quantity`. Row keys stay when rows move. */
export type Path = string;

export function cellPath(table: string, row: string, cell: string): Path {
  return `${table}/${row}/${cell}`;
}

/** The field of the form that a path lies in: what subscriptions are filed under. */
export function topic(path: Path): string {
  const slash = path.indexOf("/");
  return slash < 0 ? path : path.slice(0, slash);
}

function plain(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

type RowKeys = Readonly<Record<string, readonly string[]>>;

/**
 * A JSON pointer of the server (`#/lines/0/quantity`) as a path, given the keys of the rows as they were sent.
 * `null` for a pointer that leads to no field: such messages belong to the record as a whole.
 */
export function pathOf(pointer: string, fields: ReadonlySet<string>, rows: RowKeys): Path | null {
  const [, field = "", index, cell] = pointer.replace(/^#/, "").split("/").map(plain);
  if (!fields.has(field)) return null;
  const keys = rows[field];
  if (!keys || index === undefined) return field;
  const row = keys[Number(index)];
  if (row === undefined) return field;
  return cell === undefined ? `${field}/${row}` : cellPath(field, row, cell);
}
