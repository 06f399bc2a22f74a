import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { type JSX, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path, splitName } from "../lib/api";
import styles from "./FilterBar.module.css";
import type { GroupValue } from "./report_types";
import type { Chosen } from "./shared_filters";

type Choice = NonNullable<Chosen["in"]>[number];

interface ChoiceFilterProps {
  readonly title: string;
  readonly options: readonly Choice[];
  /** Records, people or departments to choose from; the options are then looked for as one types. */
  readonly form?: string | null;
  readonly chosen: readonly Choice[];
  readonly onChange: (chosen: readonly Choice[]) => void;
}

const LIMIT = 20;
const PLATFORM: Readonly<Record<string, string>> = { "meta.user": "members", "meta.department": "departments" };

function sourceOf(form: string): string {
  const platform = PLATFORM[form];
  return platform ? path(platform) : path("relations", ...splitName(form));
}

/** Values are anything; the select wants texts. */
function keyOf(value: GroupValue): string {
  return JSON.stringify(value);
}

/** Some of the groups of a field; none chosen is all of them. */
export function ChoiceFilter({ title, options, form, chosen, onChange }: ChoiceFilterProps): JSX.Element {
  const { t } = useTranslation("reports");
  const [search, setSearch] = useState("");
  const [isOpen, setOpen] = useState(false);
  const asked = useDeferredValue(search.trim());
  const source = form ? sourceOf(form) : "";
  const found = useQuery({
    queryKey: ["references", source, null, asked],
    queryFn: ({ signal }) =>
      api.get<{ readonly items: readonly { readonly id: string; readonly title: string }[] }>(source, {
        params: { search: asked, limit: LIMIT },
        signal,
      }),
    enabled: isOpen && source !== "",
    placeholderData: (previous) => previous,
  });
  const offered = form ? (found.data?.items ?? []).map(({ id, title: name }) => ({ value: id, title: name })) : options;
  const missing = chosen.filter((one) => !offered.some(({ value }) => value === one.value));
  const known = new Map([...missing, ...offered].map((one) => [keyOf(one.value), one]));
  return (
    <fieldset className={styles.filter}>
      <legend className={styles.title}>{title}</legend>
      <Select
        className={styles.choices}
        mode="multiple"
        allowClear
        aria-label={title}
        placeholder={t("filter.all")}
        maxTagCount="responsive"
        value={chosen.map(({ value }) => keyOf(value))}
        onChange={(keys) => {
          setSearch("");
          onChange(keys.flatMap((key) => known.get(key) ?? []));
        }}
        options={[...known].map(([key, one]) => ({ value: key, label: one.title || t("group.none") }))}
        optionFilterProp="label"
        filterOption={form ? false : undefined}
        onSearch={setSearch}
        onOpenChange={setOpen}
        loading={found.isFetching}
        popupMatchSelectWidth={false}
      />
    </fieldset>
  );
}
