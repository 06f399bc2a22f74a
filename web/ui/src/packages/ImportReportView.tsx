import { Alert, Radio } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "../lib/json";
import { Card } from "../ui/Card";
import { Tag } from "../ui/Tag";
import {
  type AppImport,
  type Conflict,
  type ElementChange,
  type ImportReport,
  KINDS,
  type Side,
} from "./package_types";
import styles from "./packages.module.css";

/** Changes of one definition that are told without being asked. */
const FEW = 3;

/** Short enough to be told on one line. */
function isWord(value: Json): boolean {
  return typeof value === "number" || (typeof value === "string" && value !== "" && value.length <= 60);
}

const COLORS = { added: "green", changed: "gold", removed: "red", moved: "grey" } as const;

/** Definitions that are new, changed or gone, each with its places. */
export function ElementChanges({ items }: { readonly items: readonly ElementChange[] }): JSX.Element {
  const { t } = useTranslation("packages");
  return (
    <ul className={styles.elements}>
      {items.map((item) => {
        const kind = KINDS.find((one) => one === item.kind);
        return (
          <li key={`${item.kind}/${item.key}`}>
            <Tag color={COLORS[item.change]}>{t(`change.${item.change}`)}</Tag>{" "}
            <span className={styles.faint}>{kind ? t(`kind.${kind}`) : item.kind}</span> {item.title}
            {item.change === "changed" && item.changes.length > 0 ? (
              <details open={item.changes.length <= FEW}>
                <summary className={styles.faint}>{t("import.places", { count: item.changes.length })}</summary>
                <ul>
                  {item.changes.map((place) => (
                    <li key={place.pointer + place.change} className={styles.faint}>
                      {t(`change.${place.change}`)} {place.at}
                      {isWord(place.before) && isWord(place.after) ? ` · ${place.before} → ${place.after}` : null}
                    </li>
                  ))}
                </ul>
              </details>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

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

interface ImportReportViewProps {
  readonly report: ImportReport;
  readonly choices: Readonly<Record<string, Side>>;
  readonly onChoose: (pointer: string, side: Side) => void;
}

/** What an import would do: definitions, rows, tables, and what is to be chosen first. */
export function ImportReportView({ report, choices, onChoose }: ImportReportViewProps): JSX.Element {
  const { t } = useTranslation("packages");
  return (
    <div className={styles.stack}>
      {report.conflicts.length > 0 ? (
        <section>
          <Alert type="warning" title={t("conflict.title", { count: report.conflicts.length })} />
          {report.conflicts.map((conflict) => (
            <Choice
              key={conflict.pointer}
              conflict={conflict}
              chosen={choices[conflict.pointer] ?? conflict.choice}
              onChoose={(side) => onChoose(conflict.pointer, side)}
            />
          ))}
        </section>
      ) : null}
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

interface ChoiceProps {
  readonly conflict: Conflict;
  readonly chosen: Side | null;
  readonly onChoose: (side: Side) => void;
}

function Choice({ conflict, chosen, onChoose }: ChoiceProps): JSX.Element {
  const { t } = useTranslation("packages");
  const shown = (value: Json) => (value === null ? t("conflict.none") : JSON.stringify(value, null, 1));
  return (
    <fieldset className={styles.conflict}>
      <legend>{conflict.at}</legend>
      <Radio.Group
        value={chosen}
        onChange={(event) => onChoose(event.target.value as Side)}
        options={(["ours", "theirs"] as const).map((side) => ({
          value: side,
          label: (
            <>
              {t(`conflict.${side}`)} <code className={styles.code}>{shown(conflict[side])}</code>
            </>
          ),
        }))}
        className={styles.sides}
      />
    </fieldset>
  );
}
