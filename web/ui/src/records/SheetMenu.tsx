import { Button, Popover } from "antd";
import { FileSpreadsheet, FileText, History, Sheet, Upload } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { ListSource } from "./list_source";
import styles from "./SheetMenu.module.css";
import type { SheetFormat } from "./sheets";
import { useExport } from "./use_export";
import type { RecordListModel } from "./use_record_list";

interface SheetMenuProps {
  readonly source: ListSource;
  readonly list: RecordListModel;
  readonly search: string | undefined;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onImport: () => void;
  readonly onMyExports: () => void;
}

/** Files out and in: what may be done with this list. */
export function SheetMenu({
  source,
  list,
  search,
  isOpen,
  onOpenChange,
  onImport,
  onMyExports,
}: SheetMenuProps): JSX.Element | null {
  const { t } = useTranslation("records");
  const exportList = useExport(source, list, search);
  // Whoever may see a balance may take it along.
  const mayExport = source.kind === "balance" || list.form.actions.has("export");
  const mayImport = list.form.actions.has("import");
  if (!(mayExport || mayImport)) return null;
  const choose = (act: () => void) => () => {
    onOpenChange(false);
    act();
  };
  const exporting = (format: SheetFormat) => choose(() => void exportList(format));
  return (
    <Popover
      open={isOpen}
      onOpenChange={onOpenChange}
      trigger="click"
      placement="bottomRight"
      arrow={false}
      destroyOnHidden
      content={
        <div className={styles.menu}>
          {mayExport ? (
            <>
              <Button type="text" icon={<FileSpreadsheet size={16} />} onClick={exporting("xlsx")}>
                {t("sheet.export_xlsx")}
              </Button>
              <Button type="text" icon={<FileText size={16} />} onClick={exporting("csv")}>
                {t("sheet.export_csv")}
              </Button>
              <Button type="text" icon={<History size={16} />} onClick={choose(onMyExports)}>
                {t("sheet.my_exports")}
              </Button>
            </>
          ) : null}
          {mayImport ? (
            <Button type="text" icon={<Upload size={16} />} onClick={choose(onImport)}>
              {t("sheet.import")}
            </Button>
          ) : null}
        </div>
      }
    >
      <Button type="text" icon={<Sheet size={16} />} aria-expanded={isOpen}>
        {t("sheet.menu")}
      </Button>
    </Popover>
  );
}
