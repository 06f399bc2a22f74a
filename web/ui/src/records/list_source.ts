import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { formQuery } from "../forms/form_schema";
import { api, path, splitName } from "../lib/api";
import { keys } from "../lib/query_keys";
import type { RecordPageJson } from "../lib/record_types";

export type SourceKind = "form" | "balance";

/** What a list reads from; a balance reads like a form that nobody edits. */
export interface ListSource {
  readonly kind: SourceKind;
  readonly name: string;
}

export interface ListQuery {
  readonly filter: string | undefined;
  readonly search: string | undefined;
  readonly sort: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
  /** Only these values are read: a list never loads sub-tables it does not show. */
  readonly fields: readonly string[];
}

/** Where the source's rows are had. */
export function addressOf({ kind, name }: ListSource): string {
  const [app, key] = splitName(name);
  return path(kind === "form" ? "records" : "balances", app, key);
}

/** Past this many the server stops counting and answers one more. */
export const COUNT_CAP = 10_000;

export function schemaQuery({ kind, name }: ListSource) {
  return formQuery(name, kind === "form" ? "forms" : "balances");
}

export function pageQuery(source: ListSource, query: ListQuery) {
  return queryOptions({
    queryKey: [...keys.recordList(source.name, query), source.kind],
    queryFn: ({ signal }) =>
      api.get<RecordPageJson>(addressOf(source), {
        params: {
          ...query,
          fields: source.kind === "form" && query.fields.length > 0 ? query.fields.join(",") : undefined,
        },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}

/** Counted apart from the rows: once per filter and not per page, and nobody waits for it. */
export function countQuery(source: ListSource, filter: string | undefined, search: string | undefined) {
  return queryOptions({
    queryKey: [...keys.recordCount(source.name, { filter, search }), source.kind],
    queryFn: async ({ signal }) => {
      const params = { filter, search, limit: 1, count: "capped" };
      const page = await api.get<RecordPageJson>(addressOf(source), { params, signal });
      return page.count ?? null;
    },
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
}
