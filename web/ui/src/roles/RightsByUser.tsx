import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Select } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { splitName } from "../lib/api";
import type { MenuEntry } from "../lib/session";
import { Card } from "../ui/Card";
import { type Column, DataTable } from "../ui/DataTable";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { Tag } from "../ui/Tag";
import { ACTIONS, SECTIONS } from "./role_document";
import {
  type ExplainedForm,
  peopleQuery,
  personQuery,
  type RoleTitle,
  type UserRights,
  userRightsQuery,
} from "./role_types";
import styles from "./roles.module.css";

interface RightsByUserProps {
  readonly user: string | undefined;
  readonly onChoose: (user: string) => void;
}

/** "See as this person": what they may do, which role each right comes from, and the menu they find. */
export function RightsByUser({ user, onChoose }: RightsByUserProps): JSX.Element {
  const { t } = useTranslation("roles");
  const [search, setSearch] = useState("");
  const people = useQuery(peopleQuery(search));
  const chosen = useQuery({ ...personQuery(user ?? ""), enabled: user !== undefined });
  const options = (people.data ?? []).map((one) => ({ value: one.id, label: `${one.name} (${one.username})` }));
  if (chosen.data && !options.some((one) => one.value === user)) {
    options.unshift({ value: chosen.data.id, label: `${chosen.data.name} (${chosen.data.username})` });
  }
  return (
    <>
      <Select
        style={{ width: "min(360px, 100%)", marginBottom: 12 }}
        aria-label={t("by_user.choose")}
        placeholder={t("by_user.choose")}
        value={user}
        onChange={onChoose}
        showSearch={{ filterOption: false, onSearch: setSearch }}
        options={options}
      />
      {user ? <Rights user={user} /> : <StatePanel scene="search" title={t("by_user.start")} isCompact />}
    </>
  );
}

function Rights({ user }: { readonly user: string }): JSX.Element {
  const { t } = useTranslation("roles");
  const query = useQuery(userRightsQuery(user));
  return (
    <QueryState query={query}>
      {(rights) => (
        <div className={styles.stack}>
          {rights.is_administrator ? <Alert type="info" title={t("by_user.administrator")} /> : null}
          {rights.is_active ? null : <Alert type="warning" title={t("by_user.inactive")} />}
          <div className={styles.bar}>
            <span className={styles.faint}>{t("by_user.roles")}</span>
            {rights.roles.length > 0 ? <Roles roles={rights.roles} /> : t("by_user.no_roles")}
          </div>
          <Forms forms={rights.forms} />
          <div className={styles.pair}>
            <Named rights={rights} />
            <Menu rights={rights} />
          </div>
        </div>
      )}
    </QueryState>
  );
}

function Roles({ roles }: { readonly roles: readonly RoleTitle[] }): JSX.Element {
  return (
    <span className={styles.tags}>
      {roles.map((one) => {
        const [app, role] = splitName(one.name);
        return (
          <Link key={one.name} to="/admin/roles/$app/$role" params={{ app, role }}>
            <Tag color="blue">{one.title}</Tag>
          </Link>
        );
      })}
    </span>
  );
}

function Forms({ forms }: { readonly forms: readonly ExplainedForm[] }): JSX.Element {
  const { t } = useTranslation("roles");
  const columns: readonly Column<ExplainedForm>[] = [
    { key: "form", title: t("matrix.subject"), cell: (form) => form.title },
    {
      key: "actions",
      title: t("by_user.actions"),
      cell: (form) =>
        ACTIONS.filter((action) => form.actions.includes(action))
          .map((action) => t(`action.${action}`))
          .join(" · "),
    },
    {
      key: "records",
      title: t("by_user.records"),
      cell: (form) => {
        const scopes = form.grants.map((grant) => grant.actions.view).filter((scope) => scope !== undefined);
        if (scopes.length === 0 || scopes.includes(null)) return t("matrix.every_record");
        return <code className={styles.code}>{scopes.join(" / ")}</code>;
      },
    },
    {
      key: "fields",
      title: t("by_form.hidden"),
      cell: (form) => {
        const count = Object.keys(form.fields).length;
        return count > 0 ? t("matrix.fields", { count }) : "–";
      },
    },
    { key: "from", title: t("by_user.from"), cell: (form) => <Roles roles={form.grants.map((grant) => grant.role)} /> },
  ];
  if (forms.length === 0) return <p className={styles.faint}>{t("by_user.no_forms")}</p>;
  return <DataTable label={t("by_user.forms")} columns={columns} rows={forms} rowKey={(form) => form.name} />;
}

function Named({ rights }: { readonly rights: UserRights }): JSX.Element {
  const { t } = useTranslation("roles");
  return (
    <Card title={t("sections.title")}>
      <div className={styles.columns}>
        {SECTIONS.map((section) => (
          <div key={section}>
            <h3>{t(`sections.${section}`)}</h3>
            {rights[section].length === 0 ? <p className={styles.faint}>{t("by_user.nothing")}</p> : null}
            <ul>
              {rights[section].map((one) => (
                <li key={one.name}>
                  {one.title} <span className={styles.faint}>{one.roles.map((role) => role.title).join(", ")}</span>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </Card>
  );
}

function Menu({ rights }: { readonly rights: UserRights }): JSX.Element {
  const { t } = useTranslation("roles");
  return (
    <Card title={t("by_user.menu")}>
      <div className={styles.menu}>
        {rights.menu.length === 0 ? <p className={styles.faint}>{t("by_user.no_menu")}</p> : null}
        {rights.menu.map((app) => (
          <div key={app.key}>
            <strong>{app.title}</strong>
            <Entries entries={app.menu} />
          </div>
        ))}
      </div>
    </Card>
  );
}

function Entries({ entries }: { readonly entries: readonly MenuEntry[] }): JSX.Element {
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.key}>
          {entry.title}
          {entry.items ? <Entries entries={entry.items} /> : null}
        </li>
      ))}
    </ul>
  );
}
