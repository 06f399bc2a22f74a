import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button } from "antd";
import { Plus } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "../ui/Avatar";
import { type Column, DataTable } from "../ui/DataTable";
import { Moment } from "../ui/Moment";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { Tag } from "../ui/Tag";
import { LinkDialog } from "./LinkDialog";
import { type Account, PAGE_SIZE, userListQuery } from "./people_types";
import { UserDrawer } from "./UserDrawer";
import { UserFilters } from "./UserFilters";
import styles from "./UserListPage.module.css";
import type { UserSearch } from "./user_search";

const route = getRouteApi("/shell/admin/users");

interface MadeLink {
  readonly name: string;
  readonly link: string;
}

/** Every account: find, open, create. */
export function UserListPage(): JSX.Element {
  const { t } = useTranslation("people");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(userListQuery(search));
  const [isCreating, setCreating] = useState(false);
  const [made, setMade] = useState<MadeLink | null>(null);
  const go = (next: UserSearch) => void navigate({ search: next, replace: true });
  const isNarrowed = Boolean(search.search || search.department || search.role || search.state);
  const page = search.page ?? 1;
  return (
    <Page>
      <PageHeader
        title={t("users.title")}
        actions={
          <Button type="primary" icon={<Plus size={16} />} onClick={() => setCreating(true)}>
            {t("users.new")}
          </Button>
        }
      />
      <UserFilters search={search} onChange={go} />
      <QueryState query={query}>
        {({ items, count }) => (
          <>
            {items.length > 0 ? (
              <UserTable users={items} />
            ) : (
              <StatePanel
                scene="search"
                title={t("users.none")}
                detail={t("users.none_detail")}
                action={isNarrowed ? <Button onClick={() => go({})}>{t("users.clear")}</Button> : null}
              />
            )}
            <div className={styles.foot}>
              <span role="status">{t("users.count", { count })}</span>
              {count > PAGE_SIZE ? (
                <>
                  <Button disabled={page === 1} onClick={() => go({ ...search, page: page - 1 })}>
                    {t("users.previous")}
                  </Button>
                  <Button disabled={page * PAGE_SIZE >= count} onClick={() => go({ ...search, page: page + 1 })}>
                    {t("users.next")}
                  </Button>
                </>
              ) : null}
            </div>
          </>
        )}
      </QueryState>
      {isCreating ? (
        <UserDrawer
          user={null}
          onClose={() => setCreating(false)}
          onCreated={(name, link) => {
            setCreating(false);
            setMade({ name, link });
          }}
        />
      ) : null}
      {made ? <LinkDialog name={made.name} link={made.link} onClose={() => setMade(null)} /> : null}
    </Page>
  );
}

function UserTable({ users }: { readonly users: readonly Account[] }): JSX.Element {
  const { t } = useTranslation("people");
  const columns: readonly Column<Account>[] = [
    {
      key: "name",
      title: t("users.name"),
      cell: (user) => (
        <span className={styles.name}>
          <Avatar name={user.name} size={28} />
          <span>
            <Link to="/admin/users/$user" params={{ user: user.id }}>
              {user.name}
            </Link>
            <div className={styles.sub}>{user.username}</div>
          </span>
        </span>
      ),
    },
    { key: "department", title: t("users.department"), cell: (user) => user.department?.title ?? "–" },
    {
      key: "roles",
      title: t("users.roles"),
      cell: (user) => (
        <span className={styles.tags}>
          {user.is_administrator ? <Tag color="purple">{t("users.administrator")}</Tag> : null}
          {user.roles.map((role) => (
            <Tag key={role.name} color="blue">
              {role.title}
            </Tag>
          ))}
          {user.roles.length === 0 && !user.is_administrator ? "–" : null}
        </span>
      ),
    },
    {
      key: "state",
      title: t("users.state"),
      cell: (user) => (
        <Tag color={user.is_active ? "green" : "grey"}>{t(user.is_active ? "users.active" : "users.inactive")}</Tag>
      ),
    },
    {
      key: "seen",
      title: t("users.seen"),
      isLabelled: true,
      cell: (user) => (user.seen_at ? <Moment value={user.seen_at} as="ago" /> : "–"),
    },
  ];
  return <DataTable label={t("users.title")} columns={columns} rows={users} rowKey={(user) => user.id} />;
}
