import { Button, Modal } from "antd";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Place } from "../lib/definitions";
import { Moment } from "../ui/Moment";
import { toast } from "../ui/toast";
import type { DefinitionDraft } from "../ui/use_definition_draft";
import styles from "./definitions.module.css";
import { PublishDialog } from "./PublishDialog";
import type { EditorText } from "./use_editor_text";

interface DefinitionToolbarProps {
  readonly place: Place;
  readonly title: string;
  readonly draft: DefinitionDraft;
  readonly editor: EditorText;
}

/** Publish, save, throw away, tidy up; and whose draft it is. */
export function DefinitionToolbar({ place, title, draft, editor }: DefinitionToolbarProps): JSX.Element {
  const { t } = useTranslation(["definitions", "ui"]);
  const [dialog, setDialog] = useState<"publish" | "discard" | null>(null);
  const { draft_saved_by: by, draft_saved_at: at } = draft.known;
  const isFaulty = editor.fault !== null;
  return (
    <div className={styles.bar}>
      <Button
        type="primary"
        disabled={isFaulty || !draft.isUnpublished || draft.violations.length > 0}
        onClick={() => setDialog("publish")}
      >
        {t("page.publish")}
      </Button>
      <Button
        disabled={isFaulty || !draft.isUnsaved}
        loading={draft.isWorking && dialog === null}
        onClick={async () => {
          if (await draft.save()) toast.success(t("page.saved"));
        }}
      >
        {t("page.save")}
      </Button>
      <Button disabled={!draft.isUnpublished} onClick={() => setDialog("discard")}>
        {t("page.discard")}
      </Button>
      <Button disabled={isFaulty} onClick={editor.format}>
        {t("page.format")}
      </Button>
      {by && at ? (
        <span className={styles.faint}>
          {t("page.draft_by", { name: by.title })} <Moment value={at} as="ago" />
        </span>
      ) : null}
      {dialog === "publish" ? (
        <PublishDialog place={place} title={title} draft={draft} onClose={() => setDialog(null)} />
      ) : null}
      {dialog === "discard" ? (
        <Modal
          open
          title={t("page.discard_ask")}
          okText={t("page.discard")}
          okButtonProps={{ danger: true }}
          cancelText={t("ui:cancel")}
          onCancel={() => setDialog(null)}
          onOk={async () => {
            await draft.discard();
            setDialog(null);
          }}
        >
          {t("page.discard_detail")}
        </Modal>
      ) : null}
    </div>
  );
}
