import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { Download, EllipsisVertical, Upload } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { path } from "../lib/api";
import { type InstalledApp, installedAppsQuery } from "../lib/installed_apps";
import { ActionMenu } from "../ui/ActionMenu";
import { type Column, DataTable } from "../ui/DataTable";
import { IconButton } from "../ui/IconButton";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { ChangesDialog, TestDialog } from "./AppDialogs";
import { DeleteAppDialog } from "./DeleteAppDialog";
import { ImportDrawer } from "./ImportDrawer";
import styles from "./packages.module.css";

const ACTIONS = ["upgrade", "definitions", "changes", "test", "delete"] as const;

interface Open {
  readonly what: (typeof ACTIONS)[number] | "import";
  readonly app: InstalledApp | null;
}

/** Apps as files: out as a zip, in with a preview, upgraded, tested, taken away. */
export function PackagesPage(): JSX.Element {
  const { t } = useTranslation("packages");
  const navigate = useNavigate();
  const query = useQuery(installedAppsQuery);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const act = (app: InstalledApp, key: string) => {
    const what = ACTIONS.find((one) => one === key);
    if (what === "definitions") void navigate({ to: "/admin/definitions", search: { app: app.key } });
    else if (what) setOpen({ what, app });
  };
  const columns: readonly Column<InstalledApp>[] = [
    {
      key: "app",
      title: t("list.app"),
      cell: (app) => (
        <>
          {app.title} <code className={styles.code}>{app.key}</code>
        </>
      ),
    },
    { key: "version", title: t("list.version"), isLabelled: true, cell: (app) => app.version || "–" },
    {
      key: "contents",
      title: t("list.contents"),
      cell: (app) =>
        t("list.definitions", { count: Object.values(app.definitions).reduce((sum, list) => sum + list.length, 0) }),
    },
    {
      key: "actions",
      title: t("list.actions"),
      align: "right",
      cell: (app) => (
        <span className={styles.actions}>
          <Button icon={<Download size={15} />} href={path("apps", app.key, "export")} download>
            {t("action.export")}
          </Button>
          <ActionMenu
            items={ACTIONS.map((key) => ({ key, label: t(`action.${key}`), danger: key === "delete" }))}
            onChoose={(key) => act(app, key)}
          >
            <IconButton label={t("list.more", { app: app.title })} icon={<EllipsisVertical size={17} />} hasPopup />
          </ActionMenu>
        </span>
      ),
    },
  ];
  const bring = (
    <Button type="primary" icon={<Upload size={16} />} onClick={() => setOpen({ what: "import", app: null })}>
      {t("action.import")}
    </Button>
  );
  return (
    <Page>
      <PageHeader title={t("title")} actions={bring} />
      <QueryState query={query}>
        {(apps) =>
          apps.length > 0 ? (
            <DataTable label={t("title")} columns={columns} rows={apps} rowKey={(app) => app.key} />
          ) : (
            <StatePanel scene="empty" title={t("list.none")} detail={t("list.none_detail")} action={bring} />
          )
        }
      </QueryState>
      {open?.what === "import" ? <ImportDrawer upgrade={null} onClose={close} /> : null}
      {open?.app ? <AppDialog open={open} app={open.app} onClose={close} /> : null}
    </Page>
  );
}

interface AppDialogProps {
  readonly open: Open;
  readonly app: InstalledApp;
  readonly onClose: () => void;
}

function AppDialog({ open, app, onClose }: AppDialogProps): JSX.Element | null {
  switch (open.what) {
    case "upgrade":
      return <ImportDrawer upgrade={app} onClose={onClose} />;
    case "changes":
      return <ChangesDialog app={app} onClose={onClose} />;
    case "test":
      return <TestDialog app={app} onClose={onClose} />;
    case "delete":
      return <DeleteAppDialog app={app} onClose={onClose} />;
    default:
      return null;
  }
}
