import { Button, Popover } from "antd";
import { ListFilter } from "lucide-react";
import { type JSX, lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { CountBadge } from "../ui/CountBadge";
import { useIsMobile } from "../ui/use_is_mobile";
import type { Condition } from "./conditions";
import type { RecordListModel } from "./use_record_list";

const FilterEditor = lazy(() => import("./FilterEditor").then((module) => ({ default: module.FilterEditor })));
const FilterSheet = lazy(() => import("./FilterSheet").then((module) => ({ default: module.FilterSheet })));

interface FilterButtonProps {
  readonly list: RecordListModel;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly onApply: (conditions: readonly Condition[]) => void;
}

/** Opens the conditions: beside the button with a mouse, as a sheet from below on a phone. */
export function FilterButton({ list, isOpen, onOpenChange, onApply }: FilterButtonProps): JSX.Element {
  const { t } = useTranslation("records");
  const isMobile = useIsMobile();
  const { conditions } = list;
  const editor = {
    form: list.form.name,
    fields: list.fields,
    conditions,
    onApply: (next: readonly Condition[]) => {
      onOpenChange(false);
      onApply(next);
    },
  };
  const button = (
    <Button
      icon={<ListFilter size={15} />}
      aria-expanded={isOpen}
      onClick={isMobile ? () => onOpenChange(true) : undefined}
    >
      {t("filter")}
    </Button>
  );
  if (isMobile) {
    return (
      <CountBadge count={conditions.length} tone="info">
        {button}
        {isOpen ? (
          <Suspense fallback={null}>
            <FilterSheet {...editor} onClose={() => onOpenChange(false)} />
          </Suspense>
        ) : null}
      </CountBadge>
    );
  }
  return (
    <CountBadge count={conditions.length} tone="info">
      <Popover
        open={isOpen}
        onOpenChange={onOpenChange}
        trigger="click"
        placement="bottomLeft"
        arrow={false}
        destroyOnHidden
        content={
          <Suspense fallback={null}>
            <FilterEditor {...editor} />
          </Suspense>
        }
      >
        {button}
      </Popover>
    </CountBadge>
  );
}
