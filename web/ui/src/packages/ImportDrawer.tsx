import { Button, Drawer } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { InstalledApp } from "../lib/installed_apps";
import { ImportSteps } from "./ImportSteps";
import styles from "./packages.module.css";
import { UpgradeResult } from "./UpgradeResult";
import { type AppImporting, useImport } from "./use_import";

interface ImportDrawerProps {
  /** The app to upgrade; `null` imports what the file holds. */
  readonly upgrade: InstalledApp | null;
  readonly onClose: () => void;
}

/** A zip comes in: what it would do is shown first, and nothing is done before it is confirmed. */
export function ImportDrawer({ upgrade, onClose }: ImportDrawerProps): JSX.Element {
  const { t } = useTranslation(["packages", "ui"]);
  const importing = useImport(upgrade, onClose);
  const { done } = importing;
  const result = upgrade && done.data ? <UpgradeResult app={upgrade} report={done.data} /> : null;
  return (
    <Drawer
      open
      size="min(760px, 100vw)"
      title={upgrade ? t("import.upgrade_title", { app: upgrade.title }) : t("import.title")}
      onClose={onClose}
      mask={{ closable: !done.isPending }}
      footer={
        <div className={styles.foot}>
          <Button onClick={onClose}>{t(result ? "ui:close" : "ui:cancel")}</Button>
          {result ? null : <Confirm importing={importing} isUpgrade={upgrade !== null} />}
        </div>
      }
    >
      {result ?? <ImportSteps importing={importing} isUpgrade={upgrade !== null} />}
    </Drawer>
  );
}

interface ConfirmProps {
  readonly importing: AppImporting;
  readonly isUpgrade: boolean;
}

function Confirm({ importing: { done, trial }, isUpgrade }: ConfirmProps): JSX.Element {
  const { t } = useTranslation("packages");
  return (
    <Button
      type="primary"
      danger={trial.report?.steps.some((step) => step.is_destructive)}
      disabled={!trial.isSettled}
      loading={done.isPending}
      onClick={() => (trial.report ? done.mutate(trial.report.revision) : undefined)}
    >
      {t(isUpgrade ? "import.confirm_upgrade" : "import.confirm")}
    </Button>
  );
}
