import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Import.module.css";
import type { ImportPreviewJson, ImportRow } from "./import_types";

interface ImportRowsProps {
  readonly preview: ImportPreviewJson;
}

function Row({ row, preview }: ImportRowsProps & { readonly row: ImportRow }): JSX.Element {
  const { t } = useTranslation("records");
  const shown = new Set(preview.columns.map(({ field }) => field));
  const rest = row.errors.filter(({ field }) => !(field && shown.has(field)));
  return (
    <tr>
      <td className={styles.number}>{row.line}</td>
      <td>
        {row.errors.length === 0 ? t(`import.action.${row.action}`) : null}
        {rest.map(({ code, field, title, detail }) => (
          <span key={`${code}/${field}`} className={styles.fault}>
            {title ? `${title}: ` : ""}
            {detail}
          </span>
        ))}
      </td>
      {preview.columns.map(({ index, field }) => {
        const faults = field ? row.errors.filter((one) => one.field === field) : [];
        return (
          <td key={index} data-faulty={faults.length > 0}>
            {row.cells[index]}
            {faults.map(({ code, line, detail }) => (
              <span key={`${code}/${line}`} className={styles.fault}>
                {line === row.line ? detail : `${t("import.error_at", { line })}: ${detail}`}
              </span>
            ))}
          </td>
        );
      })}
    </tr>
  );
}

/** The first rows and what would become of them; what is wrong stands in its cell. */
export function ImportRows({ preview }: ImportRowsProps): JSX.Element {
  const { t } = useTranslation("records");
  const found = preview.failed > 0 ? t("import.wrong", { count: preview.failed }) : t("import.all_right");
  return (
    <div>
      <h3 id="import-preview">{t("import.preview")}</h3>
      <p role="status">
        {t("import.tried", { count: preview.tried })} · {found}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (axe) */}
      <section className={styles.scroll} tabIndex={0} aria-labelledby="import-preview">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t("import.line")}</th>
              <th scope="col">{t("import.action")}</th>
              {preview.columns.map(({ index, header, title }) => (
                <th key={index} scope="col" data-left-out={title === null}>
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row) => (
              <Row key={row.line} row={row} preview={preview} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
