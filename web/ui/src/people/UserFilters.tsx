import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { Search } from "lucide-react";
import { type JSX, useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { treeOrder } from "./department_tree";
import { departmentsQuery, rolesQuery } from "./people_types";
import styles from "./UserListPage.module.css";
import { readUserSearch, type UserSearch } from "./user_search";

interface UserFiltersProps {
  readonly search: UserSearch;
  readonly onChange: (search: UserSearch) => void;
}

const DELAY_MS = 250;

/** Search and the three choices that narrow the list; each stands in the address. */
export function UserFilters({ search, onChange }: UserFiltersProps): JSX.Element {
  const { t } = useTranslation("people");
  const departments = useQuery(departmentsQuery);
  const roles = useQuery(rolesQuery);
  const [text, setText] = useState(search.search ?? "");
  const change = (part: UserSearch) => onChange({ ...search, page: undefined, ...part });
  const ask = useEffectEvent(() => {
    if (text.trim() !== (search.search ?? "")) change({ search: text.trim() || undefined });
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timer starts again with every change of the text
  useEffect(() => {
    const timer = setTimeout(ask, DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className={styles.filters}>
      <Input
        className={styles.search}
        type="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onPressEnter={ask}
        prefix={<Search size={15} aria-hidden="true" />}
        placeholder={t("users.search")}
        aria-label={t("users.search")}
        maxLength={200}
      />
      <Select
        className={styles.filter}
        aria-label={t("users.department")}
        value={search.department ?? ""}
        onChange={(department) => change({ department: department || undefined })}
        showSearch={{ optionFilterProp: "label" }}
        options={[
          { value: "", label: t("users.any_department") },
          ...treeOrder(departments.data ?? []).map(({ node, depth }) => ({
            value: node.id,
            label: `${"　".repeat(depth)}${node.title}`,
          })),
        ]}
      />
      <Select
        className={styles.filter}
        aria-label={t("users.role")}
        value={search.role ?? ""}
        onChange={(role) => change({ role: role || undefined })}
        showSearch={{ optionFilterProp: "label" }}
        options={[
          { value: "", label: t("users.any_role") },
          ...(roles.data ?? []).map((role) => ({ value: role.name, label: `${role.app_title} · ${role.title}` })),
        ]}
      />
      <Select
        className={styles.filter}
        aria-label={t("users.state")}
        value={(search.state ?? "") as string}
        onChange={(state) => change({ state: readUserSearch({ state }).state })}
        options={[
          { value: "", label: t("users.any_state") },
          { value: "active", label: t("users.active") },
          { value: "inactive", label: t("users.inactive") },
          { value: "administrator", label: t("users.administrator") },
        ]}
      />
    </div>
  );
}
