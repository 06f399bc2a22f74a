import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Select } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { splitName } from "../lib/api";
import type { Place } from "../lib/definitions";
import { type Column, DataTable } from "../ui/DataTable";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { Tag } from "../ui/Tag";
import { KINDS, type Use, usesQuery } from "./definition_types";
import styles from "./definitions.module.css";

/** What else points at the definition, or at one member of it. */
export function UseList({ place }: { readonly place: Place }): JSX.Element {
  const { t } = useTranslation("definitions");
  const query = useQuery(usesQuery(place));
  const [member, setMember] = useState("");
  const columns: readonly Column<Use>[] = [
    {
      key: "user",
      title: t("uses.user"),
      cell: (use) => {
        const [app, key] = use.kind === "apps" ? [use.name, use.name] : splitName(use.name);
        return (
          <Link to="/admin/definitions/$app/$kind/$key" params={{ app, kind: use.kind, key }}>
            {use.title}
          </Link>
        );
      },
    },
    {
      key: "kind",
      title: t("list.kind"),
      cell: (use) => {
        const kind = KINDS.find((one) => one === use.kind);
        return <Tag>{kind ? t(`kind.${kind}`) : use.kind}</Tag>;
      },
    },
    { key: "member", title: t("uses.member"), isLabelled: true, cell: (use) => use.member_title ?? use.member ?? "–" },
    { key: "where", title: t("uses.where"), cell: (use) => <span title={use.pointer}>{use.at}</span> },
  ];
  return (
    <QueryState query={query}>
      {(uses) => {
        if (uses.length === 0) return <StatePanel scene="empty" title={t("uses.none")} isCompact />;
        const members = new Map(
          uses.flatMap(({ member, member_title: title }) => (member ? [[member, title ?? member]] : [])),
        );
        const shown = member ? uses.filter((use) => use.member === member) : uses;
        return (
          <>
            <div className={styles.bar} style={{ marginBottom: 10 }}>
              <span className={styles.faint}>{t("uses.lead")}</span>
              <Select
                className={styles.filter}
                aria-label={t("uses.member")}
                value={member}
                onChange={setMember}
                showSearch={{ optionFilterProp: "label" }}
                options={[
                  { value: "", label: t("uses.any") },
                  ...[...members].map(([value, label]) => ({ value, label })),
                ]}
              />
            </div>
            <DataTable
              label={t("tab.uses")}
              columns={columns}
              rows={shown}
              rowKey={(use) => `${use.kind} ${use.name} ${use.pointer} ${use.member}`}
            />
          </>
        );
      }}
    </QueryState>
  );
}
