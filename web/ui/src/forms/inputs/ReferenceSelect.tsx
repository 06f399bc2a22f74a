import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { type JSX, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api";
import { isReference, type Reference } from "../../lib/record_types";
import type { InputProps } from "../field_type";

interface ReferenceSelectProps extends InputProps {
  /** Where the choices come from: `/api/members`, `/api/relations/crm/customer`. */
  readonly source: string;
}

interface ReferenceChoice extends Reference {
  readonly subtitle?: string;
}

interface ReferenceAnswer {
  readonly items: readonly ReferenceChoice[];
}

const LIMIT = 20;

/** Chooses one record, person or department by searching on the server; keeps `{id, title}` as its value. */
export function ReferenceSelect(props: ReferenceSelectProps): JSX.Element {
  const { t } = useTranslation("ui");
  const [search, setSearch] = useState("");
  const [isOpen, setIsOpen] = useState(false);
  const asked = useDeferredValue(search);
  const query = useQuery({
    queryKey: ["references", props.source, asked],
    queryFn: ({ signal }) =>
      api.get<ReferenceAnswer>(props.source, { params: { search: asked, limit: LIMIT }, signal }),
    enabled: isOpen,
    placeholderData: (previous) => previous,
  });
  const current = isReference(props.value) ? props.value : null;
  const found = query.data?.items ?? [];
  const shown = current && !found.some((one) => one.id === current.id) ? [current, ...found] : found;
  return (
    <Select
      id={props.id}
      value={current?.id}
      onChange={(id?: string) => {
        const chosen = shown.find((one) => one.id === id);
        props.onChange(chosen ? { id: chosen.id, title: chosen.title } : null);
      }}
      onBlur={props.onBlur}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      onOpenChange={setIsOpen}
      options={shown.map((one) => ({ value: one.id, label: one.title }))}
      loading={query.isFetching}
      allowClear={!props.field.isRequired}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      placeholder={t("choose.search")}
      notFoundContent={query.isFetching ? t("loading") : t("choose.nothing")}
      autoFocus={props.shouldFocus}
      aria-label={props.label ?? props.field.title}
      aria-describedby={props.describedBy}
      style={{ width: "100%" }}
    />
  );
}
