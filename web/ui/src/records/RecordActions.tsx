import { Button, Modal } from "antd";
import { Ellipsis, Pencil, Trash2 } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Form, FormAction } from "../forms/form_schema";
import type { Violation } from "../lib/problem";
import { ActionMenu } from "../ui/ActionMenu";
import { IconButton } from "../ui/IconButton";
import { useIsMobile } from "../ui/use_is_mobile";
import { useShortcut } from "../ui/use_shortcut";
import styles from "./RecordPage.module.css";
import type { RecordAnswer } from "./record_query";
import { useRecordActions } from "./use_record_actions";

interface RecordActionsProps {
  readonly form: Form;
  readonly record: RecordAnswer;
  readonly onEdit: () => void;
  readonly onDone: () => void;
  readonly onRefused: (violations: readonly Violation[]) => void;
}

/** The form's buttons that may be pressed now, primary first, then editing and deleting. */
export function RecordActions({ form, record, onEdit, onDone, onRefused }: RecordActionsProps): JSX.Element {
  const { t } = useTranslation(["records", "ui"]);
  const isMobile = useIsMobile();
  const { press, remove, pressed, isRemoving } = useRecordActions({ form, record, onDone, onRefused });
  const [asked, setAsked] = useState<FormAction | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const mayEdit = form.actions.has("update");
  useShortcut("e", onEdit, { isEnabled: mayEdit });
  const offered = (form.options.actions ?? []).filter(({ key }) => record.actions.includes(key));
  const buttons = [...offered].sort((one, other) => Number(other.primary === true) - Number(one.primary === true));
  const question = (action: FormAction) =>
    typeof action.confirm === "string" ? action.confirm : t("record.confirm", { action: action.title });
  return (
    <div className={styles.actions} data-mobile={isMobile}>
      {buttons.map((action) => (
        <Button
          key={action.key}
          type={action.primary === true ? "primary" : "default"}
          loading={pressed === action.key}
          disabled={pressed !== null && pressed !== action.key}
          onClick={() => (action.confirm ? setAsked(action) : press(action))}
        >
          {action.title}
        </Button>
      ))}
      {mayEdit ? (
        <Button icon={<Pencil size={15} />} onClick={onEdit}>
          {t("ui:edit")}
        </Button>
      ) : null}
      {form.actions.has("delete") ? (
        <ActionMenu
          items={[{ key: "delete", danger: true, icon: <Trash2 size={15} />, label: t("record.delete") }]}
          onChoose={() => setDeleting(true)}
        >
          <IconButton label={t("record.more")} icon={<Ellipsis size={18} />} hasPopup />
        </ActionMenu>
      ) : null}
      <Modal
        open={asked !== null}
        title={asked?.title}
        okText={asked?.title}
        cancelText={t("ui:cancel")}
        onCancel={() => setAsked(null)}
        onOk={() => {
          if (asked) press(asked);
          setAsked(null);
        }}
        width={400}
      >
        {asked ? question(asked) : null}
      </Modal>
      <Modal
        open={isDeleting}
        title={t("record.delete_title", { title: record.title })}
        okText={t("record.delete")}
        cancelText={t("ui:cancel")}
        okButtonProps={{ danger: true }}
        confirmLoading={isRemoving}
        onCancel={() => setDeleting(false)}
        onOk={remove}
        width={420}
      >
        {t("record.delete_text")}
      </Modal>
    </div>
  );
}
