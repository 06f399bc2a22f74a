import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "../lib/json";
import styles from "./packages.module.css";
import { hasDetails, valueText } from "./value_text";

/** A value of a definition as people read it; its JSON only where one asks for it. */
export function ValueText({ value, none }: { readonly value: Json; readonly none: string }): JSX.Element {
  const { t } = useTranslation(["packages", "ui"]);
  if (value === null) return <span className={styles.faint}>{none}</span>;
  const text = valueText(value, { yes: t("ui:yes"), no: t("ui:no"), comma: t("value.comma") });
  if (!hasDetails(value)) return <span className={styles.value}>{text === "" ? t("value.empty") : text}</span>;
  return (
    <>
      {text === null ? null : <span className={styles.value}>{text}</span>}
      <details className={styles.details}>
        <summary className={styles.faint}>{t("value.json")}</summary>
        <pre className={styles.code}>{JSON.stringify(value, null, 2)}</pre>
      </details>
    </>
  );
}
