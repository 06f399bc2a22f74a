import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { type JSX, type ReactElement, type ReactNode, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api";
import type { JsonObject } from "../../lib/json";
import { useRecentChoices } from "../../lib/recent_choices";
import { isReference, type Reference } from "../../lib/record_types";
import { useSession } from "../../lib/session";
import type { InputProps } from "../field_type";

export interface ReferenceChoice extends Reference {
  readonly subtitle?: string;
  readonly fill?: JsonObject;
}

interface ReferenceSelectProps extends InputProps {
  /** Where the choices come from: `/api/members`, `/api/relations/crm/customer`. */
  readonly source: string;
  readonly params?: Readonly<Record<string, string | undefined>>;
  readonly onPick?: (choice: ReferenceChoice) => void;
  /** Below the choices: another way to get one. */
  readonly footer?: (search: string) => ReactNode;
}

interface ReferenceAnswer {
  readonly items: readonly ReferenceChoice[];
}

const LIMIT = 20;
const NONE: readonly Reference[] = [];

function optionsOf(choices: readonly Reference[]): readonly { value: string; label: string; title: string }[] {
  return choices.map(({ id, title }) => ({ value: id, label: title, title }));
}

/** Chooses one record, person or department by searching on the server; keeps `{id, title}` as its value. */
export function ReferenceSelect(props: ReferenceSelectProps): JSX.Element {
  const { source, params } = props;
  const { t } = useTranslation(["ui", "forms"]);
  const [search, setSearch] = useState(props.firstSearch ?? "");
  const [isOpen, setOpen] = useState(props.isInGrid ?? false);
  const asked = useDeferredValue(search.trim());
  const key = `${useSession().user.id}:${source}`;
  const recent = useRecentChoices((state) => state.chosen[key] ?? NONE);
  const query = useQuery({
    queryKey: ["references", source, params ?? null, asked],
    queryFn: ({ signal }) =>
      api.get<ReferenceAnswer>(source, { params: { ...params, search: asked, limit: LIMIT }, signal }),
    enabled: isOpen,
    placeholderData: (previous) => previous,
  });
  const current = isReference(props.value) ? props.value : null;
  const found = query.data?.items ?? [];
  const lately = asked === "" && found.length >= LIMIT ? recent : NONE;
  const others = found.filter((one) => !lately.some((late) => late.id === one.id));
  const missing = current && ![...lately, ...others].some((one) => one.id === current.id) ? [current] : [];
  const options =
    lately.length > 0
      ? [
          { label: t("forms:choose.recent"), options: optionsOf(lately) },
          { label: t("forms:choose.all"), options: optionsOf([...missing, ...others]) },
        ]
      : optionsOf(asked === "" ? [...missing, ...others] : others);
  const choose = (id: string | undefined) => {
    const chosen = [...found, ...lately, ...missing].find((one) => one.id === id);
    setSearch("");
    props.onChange(chosen ? { id: chosen.id, title: chosen.title } : null);
    if (!chosen) return;
    useRecentChoices.getState().add(key, { id: chosen.id, title: chosen.title });
    props.onPick?.(chosen);
  };
  return (
    <Select
      id={props.id}
      value={current?.id}
      labelRender={({ label }) => label ?? current?.title}
      onChange={choose}
      onBlur={props.onBlur}
      showSearch={{ filterOption: false, searchValue: search, onSearch: setSearch }}
      open={isOpen}
      onOpenChange={setOpen}
      options={[...options]}
      popupRender={(menu: ReactElement) => (
        <>
          {menu}
          {props.footer?.(search)}
        </>
      )}
      loading={query.isFetching}
      variant={props.isInGrid ? "borderless" : undefined}
      allowClear={!props.field.isRequired}
      disabled={props.isDisabled}
      status={props.hasError ? "error" : undefined}
      placeholder={t("choose.search")}
      notFoundContent={query.isFetching ? t("loading") : t("choose.nothing")}
      autoFocus={props.shouldFocus}
      aria-label={props.label ?? props.field.title}
      aria-describedby={props.describedBy}
      aria-invalid={props.hasError}
      style={{ width: "100%" }}
    />
  );
}
