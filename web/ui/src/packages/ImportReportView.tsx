import { Alert } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "../ui/Card";
import { Tag } from "../ui/Tag";
import { ElementChanges } from "./ElementChanges";
import type { AppImport, ImportReport } from "./package_types";
import styles from "./packages.module.css";
import { isOlder } from "./value_text";

function AppReport({ app }: { readonly app: AppImport }): JSX.Element {
  const { t } = useTranslation("packages");
  const rows = app.rows.filter((row) => row.new > 0);
  const translations = app.translations.filter((one) => one.added + one.changed + one.removed > 0);
  const isSame = app.definitions.length + translations.length + app.files.length + rows.length === 0;
  const removed = app.definitions.filter((one) => one.change === "removed").length;
  const versions = app.installed_version
    ? t("import.from_to", { from: app.installed_version, to: app.version })
    : t("import.new", { version: app.version });
  return (
    <Card title={app.title} extra={<span className={styles.faint}>{versions}</span>}>
      <div className={styles.report}>
        {app.installed_version && isOlder(app.version, app.installed_version) ? (
          <Alert type="warning" title={t("import.older", { version: app.version, installed: app.installed_version })} />
        ) : null}
        {isSame ? <p>{t("import.same")}</p> : null}
        {removed > 0 ? <Alert type="warning" title={t("import.removes", { count: removed })} /> : null}
        {app.definitions.length > 0 ? (
          <section>
            <h3>{t("import.definitions")}</h3>
            <ElementChanges items={app.definitions} />
          </section>
        ) : null}
        {rows.length > 0 ? (
          <section>
            <h3>{t("import.rows")}</h3>
            <ul>
              {rows.map((row) => (
                <li key={row.form}>
                  {row.title}: {t("import.rows_new", { new: row.new, known: row.known })}
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {translations.length > 0 ? (
          <section>
            <h3>{t("import.translations")}</h3>
            <ul>
              {translations.map((one) => (
                <li key={one.language}>
                  {one.language}: {t("import.counts", { added: one.added, changed: one.changed, removed: one.removed })}
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {app.files.length > 0 ? (
          <section>
            <h3>{t("import.files")}</h3>
            <p className={styles.faint}>{app.files.map((file) => file.path).join(", ")}</p>
          </section>
        ) : null}
      </div>
    </Card>
  );
}

/** What an import would do: definitions, rows, tables. */
export function ImportReportView({ report }: { readonly report: ImportReport }): JSX.Element {
  const { t } = useTranslation("packages");
  return (
    <div className={styles.stack}>
      {report.apps.map((app) => (
        <AppReport key={app.key} app={app} />
      ))}
      {report.steps.some((step) => step.is_destructive) ? (
        <Alert type="warning" title={t("import.destructive_lead")} />
      ) : null}
      {report.steps.length === 0 ? (
        <p>{t("import.no_steps")}</p>
      ) : (
        <details open={report.steps.some((step) => step.is_destructive)}>
          <summary>{t("import.steps", { count: report.steps.length })}</summary>
          <ol className={styles.steps}>
            {report.steps.map((step) => (
              <li key={step.sql}>
                {step.is_destructive ? <Tag color="red">{t("import.destructive")}</Tag> : null}{" "}
                <code className={styles.code}>{step.sql}</code>
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}
