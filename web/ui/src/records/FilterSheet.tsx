import { Drawer } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { FilterEditor, type FilterEditorProps } from "./FilterEditor";

interface FilterSheetProps extends FilterEditorProps {
  readonly onClose: () => void;
}

/** The filter editor on a phone: from below, where the thumb is. */
export function FilterSheet({ onClose, ...editor }: FilterSheetProps): JSX.Element {
  const { t } = useTranslation("records");
  return (
    <Drawer
      open
      placement="bottom"
      size="auto"
      title={t("filter")}
      onClose={onClose}
      styles={{ body: { padding: 16 } }}
    >
      <FilterEditor {...editor} />
    </Drawer>
  );
}
