import type { JSX } from "react";
import { ProblemPanel } from "../ui/ProblemPanel";
import { useIsMobile } from "../ui/use_is_mobile";
import { ListCards } from "./ListCards";
import { ListEmpty } from "./ListEmpty";
import { RowsSkeleton } from "./ListSkeleton";
import { ListTable } from "./ListTable";
import type { ListRowsProps } from "./list_rows";
import type { ListSearch } from "./list_search";

interface ListBodyProps extends Omit<ListRowsProps, "items" | "onSort"> {
  readonly isComputed: boolean;
  readonly onCreate: (() => void) | undefined;
  readonly onNarrow: (patch: ListSearch) => void;
}

/** The rows, or what stands in their place: loading, failed, nothing yet, nothing found. */
export function ListBody(props: ListBodyProps): JSX.Element {
  const { list, isComputed, selected, onSelect, onOpen, onCreate, onNarrow } = props;
  const isMobile = useIsMobile();
  if (list.error) return <ProblemPanel error={list.error} onRetry={list.retry} />;
  if (!list.page) return <RowsSkeleton />;
  if (list.page.items.length === 0) {
    return (
      <ListEmpty
        title={list.form.title}
        isNarrowed={list.isNarrowed}
        isView={Boolean(list.view?.filter)}
        isComputed={isComputed}
        onCreate={onCreate}
        onWiden={() => onNarrow({ search: undefined, where: undefined, filter: undefined })}
      />
    );
  }
  const Rows = isMobile ? ListCards : ListTable;
  return (
    <Rows
      list={list}
      items={list.page.items}
      selected={selected}
      onSelect={onSelect}
      onOpen={onOpen}
      onSort={(sort) => onNarrow({ sort })}
    />
  );
}
