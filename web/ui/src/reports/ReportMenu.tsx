import { Button, Popover } from "antd";
import { Ellipsis, FileSpreadsheet, FileText, Maximize2 } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { splitName } from "../lib/api";
import { IconButton } from "../ui/IconButton";
import { LinkButton } from "../ui/LinkButton";
import styles from "./ReportMenu.module.css";
import { sheetAddress } from "./report_queries";
import type { RunBody } from "./report_types";

interface ReportMenuProps {
  readonly report: string;
  /** Which report it is, for those who hear the page: a dashboard has many of these menus. */
  readonly title: string;
  readonly run: RunBody;
  /** A way to the report's own page, where it is not that page. */
  readonly hasPage?: boolean;
}

/** What may be done with a report: take it as a file, have the page to itself. */
export function ReportMenu({ report, title, run, hasPage = false }: ReportMenuProps): JSX.Element {
  const { t } = useTranslation("reports");
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  const [app, key] = splitName(report);
  const sheet = (format: "xlsx" | "csv") => ({ href: sheetAddress(report, run, format), download: "", onClick: close });
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      arrow={false}
      destroyOnHidden
      content={
        <div className={styles.menu}>
          <Button type="text" icon={<FileSpreadsheet size={16} />} {...sheet("xlsx")}>
            {t("sheet.xlsx")}
          </Button>
          <Button type="text" icon={<FileText size={16} />} {...sheet("csv")}>
            {t("sheet.csv")}
          </Button>
          {hasPage ? (
            <LinkButton
              look="text"
              icon={<Maximize2 size={16} />}
              to="/apps/$app/reports/$report"
              params={{ app, report: key }}
            >
              {t("report.open")}
            </LinkButton>
          ) : null}
        </div>
      }
    >
      <IconButton label={t("report.more", { title })} icon={<Ellipsis size={16} />} hasPopup />
    </Popover>
  );
}
