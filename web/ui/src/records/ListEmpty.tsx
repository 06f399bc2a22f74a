import { Button } from "antd";
import { Plus } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { StatePanel } from "../ui/StatePanel";

interface ListEmptyProps {
  readonly title: string;
  /** Search or conditions hide everything. */
  readonly isNarrowed: boolean;
  /** The view's own filter finds nothing. */
  readonly isView: boolean;
  /** Rows come from other records: nobody creates them here. */
  readonly isComputed: boolean;
  readonly onCreate?: () => void;
  readonly onWiden: () => void;
}

export function ListEmpty({ title, isNarrowed, isView, isComputed, onCreate, onWiden }: ListEmptyProps): JSX.Element {
  const { t } = useTranslation("records");
  if (isNarrowed) {
    return (
      <StatePanel
        scene="search"
        title={t("empty.narrowed")}
        detail={t("empty.narrowed_detail")}
        action={<Button onClick={onWiden}>{t("filter.clear")}</Button>}
      />
    );
  }
  const detail = isComputed ? t("empty.computed") : onCreate ? t("empty.create") : t("empty.wait");
  return (
    <StatePanel
      scene="empty"
      title={isView ? t("empty.view") : t("empty.title", { title })}
      detail={detail}
      action={
        onCreate ? (
          <Button type="primary" icon={<Plus size={16} />} onClick={onCreate}>
            {t("create", { title })}
          </Button>
        ) : null
      }
    />
  );
}
