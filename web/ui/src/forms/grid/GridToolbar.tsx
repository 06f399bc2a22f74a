import { Button } from "antd";
import { Copy, Plus, Trash2 } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "./DataGrid.module.css";
import type { Grid } from "./use_grid";

interface GridToolbarProps {
  readonly grid: Grid;
  readonly hasRows: boolean;
}

export function GridToolbar({ grid, hasRows }: GridToolbarProps): JSX.Element {
  const { t } = useTranslation("forms");
  return (
    <div className={styles.toolbar}>
      <Button size="small" type="text" icon={<Plus size={15} />} className={styles.add} onClick={grid.addRow}>
        {t("grid.add")}
      </Button>
      {hasRows ? (
        <>
          <Button size="small" type="text" icon={<Copy size={14} />} onClick={grid.duplicate}>
            {t("grid.duplicate")}
          </Button>
          <Button size="small" type="text" icon={<Trash2 size={14} />} onClick={() => grid.remove()}>
            {t("grid.remove")}
          </Button>
        </>
      ) : null}
      <span className={styles.help}>{t("grid.help")}</span>
    </div>
  );
}
