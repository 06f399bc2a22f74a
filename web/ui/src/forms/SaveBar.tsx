import { Button, Modal } from "antd";
import { Redo2, Undo2 } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ui/IconButton";
import styles from "./RecordEditor.module.css";
import { useStore, useWhole } from "./runtime/use_record";

interface SaveBarProps {
  readonly isSaving: boolean;
  readonly isNew: boolean;
  readonly onSave: () => void;
  readonly onCancel: () => void;
}

/** What happens to the changes, always in reach. */
export function SaveBar({ isSaving, isNew, onSave, onCancel }: SaveBarProps): JSX.Element {
  const { t } = useTranslation(["forms", "ui"]);
  const store = useStore();
  const isChanged = useWhole((one) => one.isChanged);
  const canUndo = useWhole((one) => one.canUndo);
  const canRedo = useWhole((one) => one.canRedo);
  const [isAsking, setAsking] = useState(false);
  const state = isSaving ? t("save.saving") : isChanged ? t("save.dirty") : t("save.clean");
  return (
    <div className={styles.bar}>
      <IconButton
        label={t("save.undo")}
        icon={<Undo2 size={17} />}
        isDisabled={!canUndo}
        onClick={() => store.undo()}
      />
      <IconButton
        label={t("save.redo")}
        icon={<Redo2 size={17} />}
        isDisabled={!canRedo}
        onClick={() => store.redo()}
      />
      <span className={styles.state} data-dirty={isChanged} role="status">
        {state}
      </span>
      <Button className={styles.wide} onClick={() => (isChanged ? setAsking(true) : onCancel())}>
        {t("ui:cancel")}
      </Button>
      <Button
        className={styles.wide}
        type="primary"
        loading={isSaving}
        disabled={!isNew && !isChanged}
        onClick={onSave}
        title="Ctrl+S"
      >
        {t("ui:save")}
      </Button>
      <Modal
        open={isAsking}
        title={t("discard.title")}
        okText={t("discard.yes")}
        cancelText={t("leave.stay")}
        okButtonProps={{ danger: true }}
        onCancel={() => setAsking(false)}
        onOk={onCancel}
        width={400}
      >
        {t("discard.text")}
      </Modal>
    </div>
  );
}
