import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Tabs } from "antd";
import { Plus } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Column, DataTable } from "../ui/DataTable";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { NewRoleDialog } from "./NewRoleDialog";
import { RightsByForm } from "./RightsByForm";
import { RightsByUser } from "./RightsByUser";
import { readRolesSearch } from "./role_search";
import { type RoleSummary, rolesQuery } from "./role_types";
import styles from "./roles.module.css";

const route = getRouteApi("/shell/admin/roles");

/** The roles, and the same rights seen from a form ("who may do what") and from a person ("why may they"). */
export function RolesPage(): JSX.Element {
  const { t } = useTranslation("roles");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [isCreating, setCreating] = useState(false);
  return (
    <Page>
      <PageHeader
        title={t("title")}
        actions={
          <Button type="primary" icon={<Plus size={16} />} onClick={() => setCreating(true)}>
            {t("list.new")}
          </Button>
        }
      />
      <Tabs
        tabBarStyle={{ marginBottom: 12 }}
        activeKey={search.tab ?? "roles"}
        onChange={(tab) => void navigate({ search: { ...search, tab: readRolesSearch({ tab }).tab }, replace: true })}
        items={[
          { key: "roles", label: t("tab.roles"), children: <RoleList /> },
          {
            key: "form",
            label: t("tab.form"),
            children: (
              <RightsByForm
                form={search.form}
                onChoose={(form) => void navigate({ search: { ...search, form }, replace: true })}
              />
            ),
          },
          {
            key: "user",
            label: t("tab.user"),
            children: (
              <RightsByUser
                user={search.user}
                onChoose={(user) => void navigate({ search: { ...search, user }, replace: true })}
              />
            ),
          },
        ]}
        destroyOnHidden
      />
      {isCreating ? <NewRoleDialog onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}

function RoleList(): JSX.Element {
  const { t } = useTranslation("roles");
  const query = useQuery(rolesQuery);
  const columns: readonly Column<RoleSummary>[] = [
    {
      key: "role",
      title: t("list.role"),
      cell: (role) => (
        <>
          <Link to="/admin/roles/$app/$role" params={{ app: role.app, role: role.key }}>
            {role.title}
          </Link>
          {role.description ? <div className={styles.faint}>{role.description}</div> : null}
        </>
      ),
    },
    { key: "app", title: t("list.app"), cell: (role) => role.app_title },
    {
      key: "members",
      title: t("list.members"),
      align: "right",
      isLabelled: true,
      cell: (role) => (
        <Link to="/admin/users" search={{ role: role.name }}>
          {role.members}
        </Link>
      ),
    },
    { key: "version", title: t("list.version"), align: "right", isLabelled: true, cell: (role) => role.version },
  ];
  return (
    <QueryState query={query}>
      {(roles) =>
        roles.length > 0 ? (
          <DataTable label={t("tab.roles")} columns={columns} rows={roles} rowKey={(role) => role.name} />
        ) : (
          <StatePanel scene="empty" title={t("list.none")} detail={t("list.none_detail")} />
        )
      }
    </QueryState>
  );
}
