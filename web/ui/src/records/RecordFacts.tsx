import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { formatAgo } from "../lib/format";
import type { RecordJson } from "../lib/record_types";
import { useLanguage } from "../ui/use_language";
import styles from "./RecordPage.module.css";

/** Who made the record and who changed it last. */
export function RecordFacts({ record }: { readonly record: RecordJson }): JSX.Element {
  const { t } = useTranslation("records");
  const language = useLanguage();
  const fact = (at: string, who: string | undefined) => ({ who: who ?? "", when: formatAgo(at, language) });
  return (
    <p className={styles.facts}>
      <span>{t("record.by", fact(record.created_at, record.created_by?.title))}</span>
      {record.updated_at === record.created_at ? null : (
        <span>{t("record.changed", fact(record.updated_at, record.updated_by?.title))}</span>
      )}
    </p>
  );
}
