import { Table, type TableColumnType } from "antd";
import type { JSX, MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../forms/field_type";
import { fieldType } from "../forms/field_types";
import type { RecordJson } from "../lib/record_types";
import { ListCell } from "./ListCell";
import styles from "./ListTable.module.css";
import { type ListRowsProps, rowKey } from "./list_rows";
import { readSort, type Sorting, writeSort } from "./sorting";

const SELECTION_WIDTH = 40;

function orderOf(field: Field, sorting: Sorting | null): "ascend" | "descend" | null {
  if (sorting?.key !== field.key) return null;
  return sorting.isDescending ? "descend" : "ascend";
}

/** Clicks on something that acts by itself must not also open the row. */
function isOnControl(event: MouseEvent): boolean {
  return (
    event.target instanceof Element &&
    event.target.closest("a, button, input, label, .ant-table-selection-column") !== null
  );
}

export function ListTable({ list, items, selected, onSelect, onOpen, onSort }: ListRowsProps): JSX.Element {
  const { t } = useTranslation("records");
  const sorting = readSort(list.sort);
  const columns = list.columns.map((field, index): TableColumnType<RecordJson> => {
    const type = fieldType(field.type);
    return {
      key: field.key,
      title: field.title,
      width: type.width,
      align: type.align,
      ellipsis: { showTitle: false },
      sorter: type.isSortable ?? false,
      sortOrder: orderOf(field, sorting),
      showSorterTooltip: false,
      render: (_, record) => (
        <ListCell record={record} field={field} isLink={index === 0 && onOpen !== undefined} form={list.form.name} />
      ),
    };
  });
  const width = list.columns.reduce((sum, field) => sum + fieldType(field.type).width, onSelect ? SELECTION_WIDTH : 0);
  return (
    <div className={styles.scroll}>
      <Table<RecordJson>
        className={styles.table}
        style={{ minWidth: width }}
        size="small"
        tableLayout="fixed"
        pagination={false}
        rowKey={rowKey}
        columns={columns}
        dataSource={[...items]}
        sortDirections={["ascend", "descend"]}
        onChange={(_pages, _filters, sorter) => {
          const one = Array.isArray(sorter) ? sorter[0] : sorter;
          const isSorted = one?.order && typeof one.columnKey === "string";
          onSort(
            isSorted ? writeSort({ key: String(one.columnKey), isDescending: one.order === "descend" }) : undefined,
          );
        }}
        onRow={(record) => ({
          onClick: (event) => {
            if (!isOnControl(event)) onOpen?.(record);
          },
        })}
        rowClassName={onOpen ? styles.clickable : undefined}
        rowSelection={
          onSelect
            ? {
                columnWidth: SELECTION_WIDTH,
                selectedRowKeys: selected.map(rowKey),
                onChange: (_keys, records) => onSelect(records),
                getCheckboxProps: (record) => ({ "aria-label": t("select.row", { title: record.title }) }),
                getTitleCheckboxProps: () => ({ "aria-label": t("select.all") }),
              }
            : undefined
        }
      />
    </div>
  );
}
