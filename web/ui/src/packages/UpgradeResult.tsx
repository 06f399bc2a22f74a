import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { InstalledApp } from "../lib/installed_apps";
import { QueryState } from "../ui/QueryState";
import { ElementChanges } from "./ElementChanges";
import { changesQuery, type ImportReport } from "./package_types";
import styles from "./packages.module.css";

interface UpgradeResultProps {
  readonly app: InstalledApp;
  readonly report: ImportReport;
}

/** What an upgrade came to: the version, what was kept of the changes made here, what the new version replaced. */
export function UpgradeResult({ app, report }: UpgradeResultProps): JSX.Element {
  const { t } = useTranslation("packages");
  const kept = useQuery(changesQuery(app.key));
  const version = report.apps.find((one) => one.key === app.key)?.version ?? "";
  const replaced = report.conflicts.filter(({ choice }) => choice === "theirs");
  return (
    <div className={styles.stack}>
      <Alert type="success" role="status" title={t("result.done", { app: app.title, version })} />
      <section className={styles.document} aria-label={t("result.kept")}>
        <h3>{t("result.kept")}</h3>
        <QueryState query={kept} isCompact>
          {(items) => (items.length === 0 ? <p>{t("result.none_kept")}</p> : <ElementChanges items={items} isOpen />)}
        </QueryState>
      </section>
      {replaced.length > 0 ? (
        <section className={styles.document} aria-label={t("result.replaced")}>
          <h3>{t("result.replaced")}</h3>
          <ul>
            {replaced.map((conflict) => (
              <li key={conflict.pointer}>{conflict.at}</li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
