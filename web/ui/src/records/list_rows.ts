import type { RecordJson } from "../lib/record_types";
import type { RecordListModel } from "./use_record_list";

/** What every way of drawing the rows (table, cards) is given. */
export interface ListRowsProps {
  readonly list: RecordListModel;
  readonly items: readonly RecordJson[];
  readonly selected: readonly RecordJson[];
  /** Absent when nothing can be done with a selection. */
  readonly onSelect?: (records: readonly RecordJson[]) => void;
  /** Absent when rows are no records: balances. */
  readonly onOpen?: (record: RecordJson) => void;
  readonly onSort: (sort: string | undefined) => void;
}

/** Rows of a balance have no id; their values tell them apart. */
export function rowKey(record: RecordJson): string {
  return record.id ?? JSON.stringify(record.values);
}
