import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { Moment } from "../ui/Moment";
import type { Occasion } from "./flow_types";
import styles from "./TaskPage.module.css";

/** What set a run off where no change of a record and no person did. */
export function OccasionFact({ occasion }: { readonly occasion: Occasion }): JSX.Element {
  const { t } = useTranslation("flows");
  return (
    <span className={styles.fact}>
      {occasion.title}
      {occasion.due_at ? <Moment value={occasion.due_at} as="datetime" /> : null}
      {occasion.message ? <span>{t("run.message", { id: occasion.message })}</span> : null}
    </span>
  );
}
