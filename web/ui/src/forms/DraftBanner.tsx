import { Button } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { formatAgo } from "../lib/format";
import { useLanguage } from "../ui/use_language";
import type { Draft } from "./drafts";
import styles from "./RecordEditor.module.css";

interface DraftBannerProps {
  readonly draft: Draft;
  readonly onRestore: () => void;
  readonly onDrop: () => void;
}

export function DraftBanner({ draft, onRestore, onDrop }: DraftBannerProps): JSX.Element {
  const { t } = useTranslation("forms");
  const language = useLanguage();
  return (
    <div className={styles.banner} role="status">
      <span className={styles.text}>{t("draft.found", { when: formatAgo(draft.at, language) })}</span>
      <Button type="text" onClick={onDrop}>
        {t("draft.drop")}
      </Button>
      <Button type="primary" ghost onClick={onRestore}>
        {t("draft.restore")}
      </Button>
    </div>
  );
}
