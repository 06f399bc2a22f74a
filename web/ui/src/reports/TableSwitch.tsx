import { ChartColumn, Table2 } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/IconButton";

interface TableSwitchProps {
  readonly title: string;
  readonly isTable: boolean;
  readonly onChange: (isTable: boolean) => void;
}

/**
 * Between a drawing and the same figures as a table, where keyboard, screen reader and finger reach each group and each
 * figure that a mouse presses in the drawing.
 */
export function TableSwitch({ title, isTable, onChange }: TableSwitchProps): JSX.Element {
  const { t } = useTranslation("reports");
  return (
    <IconButton
      label={isTable ? t("view.chart", { title }) : t("view.table", { title })}
      icon={isTable ? <ChartColumn size={16} /> : <Table2 size={16} />}
      onClick={() => onChange(!isTable)}
    />
  );
}
