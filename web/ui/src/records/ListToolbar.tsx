import { Button, Popover } from "antd";
import { Columns3 } from "lucide-react";
import { type JSX, lazy, type Ref, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { ConditionChips } from "./ConditionChips";
import { store } from "./conditions";
import { FilterButton } from "./FilterButton";
import styles from "./ListToolbar.module.css";
import type { ListSearch } from "./list_search";
import type { ListSource } from "./list_source";
import { SearchBox } from "./SearchBox";
import { SheetMenu } from "./SheetMenu";
import type { RecordListModel } from "./use_record_list";

const ColumnChoice = lazy(() => import("./ColumnChoice").then((module) => ({ default: module.ColumnChoice })));

interface ListToolbarProps {
  readonly list: RecordListModel;
  readonly search: ListSearch;
  readonly onNarrow: (patch: ListSearch, isReplacing?: boolean) => void;
  readonly hasColumnChoice: boolean;
  readonly source: ListSource;
  readonly onImport: () => void;
  readonly onMyExports: () => void;
  /** The search box, for the shortcut. */
  readonly ref: Ref<HTMLInputElement>;
}

type Panel = "filter" | "columns" | "sheet" | null;

export function ListToolbar({
  list,
  search,
  onNarrow,
  hasColumnChoice,
  source,
  onImport,
  onMyExports,
  ref,
}: ListToolbarProps): JSX.Element {
  const { t } = useTranslation("records");
  const [panel, setPanel] = useState<Panel>(null);
  const toggle = (name: Panel) => (isOpen: boolean) => setPanel(isOpen ? name : null);
  const { conditions } = list;
  return (
    <div
      className={styles.toolbar}
      role="toolbar"
      aria-label={t("toolbar")}
      tabIndex={-1}
      onKeyDown={(event) => {
        // Also from inside the panels: React's events pass through portals.
        if (event.key === "Escape") setPanel(null);
      }}
    >
      <SearchBox
        ref={ref}
        value={search.search ?? ""}
        onSearch={(text) => onNarrow({ search: text || undefined }, true)}
      />
      <FilterButton
        list={list}
        isOpen={panel === "filter"}
        onOpenChange={toggle("filter")}
        onApply={(next) => onNarrow({ where: store(next) })}
      />
      <ConditionChips
        isAsked={search.filter !== undefined}
        onForget={() => onNarrow({ filter: undefined })}
        conditions={conditions}
        onChange={(next) => onNarrow({ where: store(next) })}
      />
      <span className={styles.space} />
      <SheetMenu
        source={source}
        list={list}
        search={search.search}
        isOpen={panel === "sheet"}
        onOpenChange={toggle("sheet")}
        onImport={onImport}
        onMyExports={onMyExports}
      />
      {hasColumnChoice ? (
        <Popover
          open={panel === "columns"}
          onOpenChange={toggle("columns")}
          trigger="click"
          placement="bottomRight"
          arrow={false}
          destroyOnHidden
          content={
            <Suspense fallback={null}>
              <ColumnChoice list={list} />
            </Suspense>
          }
        >
          <Button type="text" icon={<Columns3 size={16} />} aria-expanded={panel === "columns"}>
            {t("columns")}
          </Button>
        </Popover>
      ) : null}
    </div>
  );
}
