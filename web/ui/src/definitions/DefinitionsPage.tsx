import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Input, Select } from "antd";
import { Plus, Search } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { type InstalledApp, installedAppsQuery } from "../lib/installed_apps";
import { type Column, DataTable } from "../ui/DataTable";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { Tag } from "../ui/Tag";
import type { DefinitionsSearch } from "./definition_search";
import { KINDS } from "./definition_types";
import styles from "./definitions.module.css";
import { NewDefinitionDialog } from "./NewDefinitionDialog";

const route = getRouteApi("/shell/admin/definitions");

interface Row {
  readonly app: string;
  readonly kind: (typeof KINDS)[number];
  readonly key: string;
  readonly title: string;
  readonly appTitle: string;
  readonly version: number | null;
}

function rowsOf(apps: readonly InstalledApp[]): readonly Row[] {
  return apps.flatMap((app) => [
    { app: app.key, kind: "apps" as const, key: app.key, title: app.title, appTitle: app.title, version: null },
    ...KINDS.flatMap((kind) =>
      (app.definitions[kind] ?? []).map((one) => ({ ...one, app: app.key, kind, appTitle: app.title })),
    ),
  ]);
}

function matches(row: Row, { search, app, kind }: DefinitionsSearch): boolean {
  const text = `${row.title} ${row.app}.${row.key}`.toLowerCase();
  return (!app || row.app === app) && (!kind || row.kind === kind) && text.includes((search ?? "").toLowerCase());
}

/** Every definition of every app: find one, open its JSON. */
export function DefinitionsPage(): JSX.Element {
  const { t } = useTranslation("definitions");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(installedAppsQuery);
  const [isCreating, setCreating] = useState(false);
  const change = (part: DefinitionsSearch) => void navigate({ search: { ...search, ...part }, replace: true });
  const columns: readonly Column<Row>[] = [
    {
      key: "title",
      title: t("list.name"),
      cell: (row) => (
        <Link to="/admin/definitions/$app/$kind/$key" params={{ app: row.app, kind: row.kind, key: row.key }}>
          {row.title}
        </Link>
      ),
    },
    { key: "kind", title: t("list.kind"), cell: (row) => <Tag>{t(`kind.${row.kind}`)}</Tag> },
    {
      key: "key",
      title: t("list.key"),
      cell: (row) => <code className={styles.code}>{row.kind === "apps" ? row.key : `${row.app}.${row.key}`}</code>,
    },
    { key: "version", title: t("list.version"), align: "right", isLabelled: true, cell: (row) => row.version ?? "–" },
  ];
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
      <div className={styles.bar}>
        <Input
          className={styles.filter}
          type="search"
          value={search.search ?? ""}
          onChange={(event) => change({ search: event.target.value || undefined })}
          prefix={<Search size={15} aria-hidden="true" />}
          placeholder={t("list.search")}
          aria-label={t("list.search")}
        />
        <Select
          className={styles.filter}
          aria-label={t("list.app")}
          value={search.app ?? ""}
          onChange={(app) => change({ app: app || undefined })}
          options={[
            { value: "", label: t("list.any_app") },
            ...(query.data ?? []).map((app) => ({ value: app.key, label: app.title })),
          ]}
        />
        <Select
          className={styles.filter}
          aria-label={t("list.kind")}
          value={search.kind ?? ""}
          onChange={(kind) => change({ kind: kind || undefined })}
          options={[
            { value: "", label: t("list.any_kind") },
            ...KINDS.map((kind) => ({ value: kind as string, label: t(`kind.${kind}`) })),
          ]}
        />
      </div>
      <QueryState query={query}>
        {(apps) => {
          const rows = rowsOf(apps).filter((row) => matches(row, search));
          if (rows.length === 0) return <StatePanel scene="search" title={t("list.none")} />;
          return (
            <>
              <DataTable
                label={t("title")}
                columns={columns}
                rows={rows}
                rowKey={(row) => `${row.app}/${row.kind}/${row.key}`}
              />
              <p className={styles.faint} role="status">
                {t("list.count", { count: rows.length })}
              </p>
            </>
          );
        }}
      </QueryState>
      {isCreating ? <NewDefinitionDialog apps={query.data ?? []} onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}
