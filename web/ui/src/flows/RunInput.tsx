import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Json } from "../lib/json";
import styles from "./EffectList.module.css";

/** What another system sent to start a run. */
export function RunInput({ input }: { readonly input: Json }): JSX.Element {
  const { t } = useTranslation("flows");
  return (
    <details className={styles.input}>
      <summary>{t("run.received")}</summary>
      <pre>{JSON.stringify(input, null, 2)}</pre>
    </details>
  );
}
