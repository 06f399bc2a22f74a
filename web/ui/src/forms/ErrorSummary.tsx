import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "./RecordEditor.module.css";
import type { Path } from "./runtime/paths";
import { type Place, placesOf } from "./runtime/problems";
import { useStore, useWhole } from "./runtime/use_record";

interface ErrorSummaryProps {
  readonly onShow: (path: Path) => void;
}

/** Everything that was refused, in reading order; each line leads to its field or cell. */
export function ErrorSummary({ onShow }: ErrorSummaryProps): JSX.Element | null {
  const { t } = useTranslation("forms");
  const store = useStore();
  const errors = useWhole((one) => one.errors);
  if (errors.size === 0) return null;
  const places = placesOf(store);
  const title = ({ field, cell, row }: Place) =>
    field && cell ? t("errors.row", { table: field.title, row: row ?? 0, cell: cell.title }) : (field?.title ?? "");
  return (
    <section className={styles.summary} role="alert">
      <h2 className={styles.summaryTitle}>{t("errors.title", { count: places.length })}</h2>
      <ul>
        {places.map((place) => (
          <li key={place.path}>
            {place.field ? (
              <button type="button" className={styles.place} onClick={() => onShow(place.path)}>
                {title(place)}
              </button>
            ) : null}
            <span className={styles.message}>{place.message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
