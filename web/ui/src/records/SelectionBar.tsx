import { Button } from "antd";
import { Trash2, X } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/IconButton";
import styles from "./SelectionBar.module.css";

interface SelectionBarProps {
  readonly count: number;
  readonly onDelete: () => void;
  readonly onClear: () => void;
}

/** Takes the toolbar's place while rows are chosen: what can be done with them. */
export function SelectionBar({ count, onDelete, onClear }: SelectionBarProps): JSX.Element {
  const { t } = useTranslation(["records", "ui"]);
  return (
    <div className={styles.bar} role="toolbar" aria-label={t("select.toolbar")}>
      <IconButton label={t("select.clear")} icon={<X size={17} />} onClick={onClear} />
      <span className={styles.count} aria-live="polite">
        {t("select.count", { count })}
      </span>
      <Button danger icon={<Trash2 size={15} />} onClick={onDelete}>
        {t("ui:delete")}
      </Button>
    </div>
  );
}
