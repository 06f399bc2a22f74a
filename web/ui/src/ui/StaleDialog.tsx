import { Button, Modal } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { DefinitionDraft } from "./use_definition_draft";

/** Two people changed one definition: whose changes stay is a person's choice. */
export function StaleDialog({ draft }: { readonly draft: DefinitionDraft }): JSX.Element | null {
  const { t } = useTranslation("ui");
  if (!draft.theirs) return null;
  const name = draft.theirs.draft_saved_by?.title || t("stale.someone");
  return (
    <Modal
      open
      title={t("stale.title")}
      closable={false}
      footer={
        <>
          <Button onClick={draft.takeTheirs}>{t("stale.theirs")}</Button>
          <Button type="primary" onClick={draft.keepMine}>
            {t("stale.mine")}
          </Button>
        </>
      }
    >
      {t("stale.detail", { name })}
    </Modal>
  );
}
