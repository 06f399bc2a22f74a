import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Field } from "../forms/field_type";
import type { Form, View } from "../forms/form_schema";
import type { RecordPageJson } from "../lib/record_types";
import { pick, standardColumns, useColumnChoices } from "./column_choice";
import { type Condition, filterOf, resolve } from "./conditions";
import { DEFAULT_PAGE_SIZE, type ListSearch } from "./list_search";
import { countQuery, type ListSource, pageQuery, schemaQuery } from "./list_source";
import { isSystemField, systemFields } from "./system_fields";

export interface RecordListModel {
  readonly form: Form;
  readonly views: readonly View[];
  readonly view: View | undefined;
  /** Everything that may be shown or asked about: the form's fields and the system's. */
  readonly fields: readonly Field[];
  readonly columns: readonly Field[];
  readonly conditions: readonly Condition[];
  /** Everything that narrows the list but the search, as an expression. */
  readonly filter: string | undefined;
  readonly sort: string | undefined;
  readonly size: number;
  readonly page: RecordPageJson | undefined;
  readonly count: number | null | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Rows of an earlier question are still shown while the new ones are on their way. */
  readonly isStale: boolean;
  /** The reader narrowed the list by search or conditions, beyond the view. */
  readonly isNarrowed: boolean;
  readonly listKey: string;
  readonly retry: () => void;
}

function useFields(source: ListSource, form: Form): readonly Field[] {
  const { t } = useTranslation("records");
  if (source.kind === "balance") return form.fields;
  return [...form.fields, ...systemFields((key) => t(`system.${key}`))];
}

/** The list's state as one object: what the address asks for, resolved against the form, and the answer. */
export function useRecordList(source: ListSource, search: ListSearch): RecordListModel {
  const { data: form } = useSuspenseQuery(schemaQuery(source));
  const fields = useFields(source, form);
  const views = form.options.views ?? [];
  const view = views.find((one) => one.key === search.view) ?? views[0];
  const listKey = `${source.name}/${view?.key ?? ""}`;
  const chosen = useColumnChoices((state) => state.chosen[listKey]);
  const columns = pick(fields, chosen ?? standardColumns(form.fields, view?.columns));
  const conditions = resolve(search.where, fields);
  const filter = filterOf(search.filter ?? view?.filter, conditions);
  const sort = search.sort ?? view?.sort?.join(",");
  const size = search.size ?? DEFAULT_PAGE_SIZE;
  const page = useQuery(
    pageQuery(source, {
      filter,
      search: search.search,
      sort,
      limit: size,
      cursor: search.cursor,
      fields: columns.map((field) => field.key).filter((key) => !isSystemField(key)),
    }),
  );
  const count = useQuery(countQuery(source, filter, search.search));
  return {
    form,
    views,
    view,
    fields,
    columns,
    conditions,
    filter,
    sort,
    size,
    page: page.data,
    count: count.data,
    error: page.data && !page.isPlaceholderData ? null : page.error,
    isLoading: page.isPending,
    isStale: page.isPlaceholderData,
    isNarrowed: Boolean(search.search ?? search.filter) || conditions.length > 0,
    listKey,
    retry: () => void page.refetch(),
  };
}
