import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { type JSX, lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { splitName } from "../lib/api";
import { findApp, menuTitle } from "../lib/menu";
import type { RecordJson } from "../lib/record_types";
import { useSession } from "../lib/session";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { useIsMobile } from "../ui/use_is_mobile";
import { useShortcut } from "../ui/use_shortcut";
import { ListBody } from "./ListBody";
import { ListPager } from "./ListPager";
import { ListToolbar } from "./ListToolbar";
import { FIRST_PAGE, type ListSearch } from "./list_search";
import type { ListSource } from "./list_source";
import styles from "./RecordList.module.css";
import { SelectionBar } from "./SelectionBar";
import { useRecordList } from "./use_record_list";
import { ViewTabs } from "./ViewTabs";

const ImportDrawer = lazy(() => import("./ImportDrawer").then((module) => ({ default: module.ImportDrawer })));
const MyExports = lazy(() => import("./MyExports").then((module) => ({ default: module.MyExports })));
const BatchDelete = lazy(() => import("./BatchDelete").then((module) => ({ default: module.BatchDelete })));

interface RecordListProps {
  readonly source: ListSource;
  readonly search: ListSearch;
  readonly onChange: (patch: ListSearch, isReplacing?: boolean) => void;
}

/** A list with everything around it: views, search, conditions, columns, selection, pages. */
export function RecordList({ source, search, onChange }: RecordListProps): JSX.Element {
  const { t } = useTranslation(["records", "ui"]);
  const session = useSession();
  const navigate = useNavigate();
  const isMobile = useIsMobile();
  const list = useRecordList(source, search);
  const searchBox = useRef<HTMLInputElement>(null);
  const [selected, setSelected] = useState<readonly RecordJson[]>([]);
  const [isDeleting, setIsDeleting] = useState(false);
  const [app, form] = splitName(source.name);
  const isForm = source.kind === "form";
  const mayCreate = isForm && list.form.actions.has("create");
  const mayDelete = isForm && list.form.actions.has("delete");

  const create = () => void navigate({ to: "/apps/$app/forms/$form/new", params: { app, form } });
  useShortcut("/", () => searchBox.current?.focus());
  useShortcut("n", create, { isEnabled: mayCreate });

  const narrow = (patch: ListSearch, isReplacing?: boolean) => {
    setSelected([]);
    onChange({ ...patch, ...FIRST_PAGE }, isReplacing);
  };
  const open = (record: RecordJson) => {
    if (record.id) void navigate({ to: "/apps/$app/forms/$form/$record", params: { app, form, record: record.id } });
  };

  const shown = list.page?.items.length ?? 0;
  return (
    <Page isFixed>
      <PageHeader
        eyebrow={isMobile ? findApp(session, app)?.title : null}
        title={menuTitle(findApp(session, app), source.kind, form) ?? list.form.title}
        actions={
          mayCreate ? (
            <Button type="primary" icon={<Plus size={16} />} onClick={create} aria-keyshortcuts="n">
              {t("ui:create")}
            </Button>
          ) : null
        }
      />
      <ViewTabs
        views={list.views}
        active={list.view?.key}
        onChoose={(view) => narrow({ view, sort: undefined, filter: undefined })}
      />
      {selected.length > 0 ? (
        <SelectionBar count={selected.length} onDelete={() => setIsDeleting(true)} onClear={() => setSelected([])} />
      ) : (
        <ListToolbar
          ref={searchBox}
          list={list}
          search={search}
          onNarrow={narrow}
          hasColumnChoice={!isMobile}
          source={source}
          onImport={() => onChange({ import: "new" })}
          onMyExports={() => onChange({ export: "mine" })}
        />
      )}
      <div className={styles.body} aria-busy={list.isStale} data-stale={list.isStale}>
        <ListBody
          list={list}
          isComputed={!isForm}
          selected={selected}
          onSelect={mayDelete ? setSelected : undefined}
          onOpen={isForm ? open : undefined}
          onCreate={mayCreate ? create : undefined}
          onNarrow={narrow}
        />
      </div>
      {shown > 0 || search.cursor ? (
        <ListPager
          search={search}
          shown={shown}
          size={list.size}
          count={list.count}
          nextCursor={list.page?.next_cursor ?? null}
          isBusy={list.isStale}
          onChange={onChange}
        />
      ) : null}
      {search.import && list.form.actions.has("import") ? (
        <Suspense fallback={null}>
          <ImportDrawer
            form={source.name}
            title={list.form.title}
            id={search.import}
            onShow={(id) => onChange({ import: id })}
          />
        </Suspense>
      ) : null}
      {search.export ? (
        <Suspense fallback={null}>
          <MyExports id={search.export} onClose={() => onChange({ export: undefined })} />
        </Suspense>
      ) : null}
      {isDeleting ? (
        <Suspense fallback={null}>
          <BatchDelete
            form={source.name}
            records={selected}
            onClose={() => {
              setIsDeleting(false);
              setSelected([]);
            }}
          />
        </Suspense>
      ) : null}
    </Page>
  );
}
