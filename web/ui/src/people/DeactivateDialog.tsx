import { Button, Modal } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import styles from "./people.module.css";
import type { AccountDetail } from "./people_types";

interface DeactivateDialogProps {
  readonly user: AccountDetail;
  readonly isWorking: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** Says before it happens what hangs on the account: tasks that wait, departments it heads. */
export function DeactivateDialog({ user, isWorking, onClose, onConfirm }: DeactivateDialogProps): JSX.Element {
  const { t } = useTranslation(["people", "ui"]);
  const rest = user.open_task_count - user.open_tasks.length;
  return (
    <Modal
      open
      title={t("user.deactivate_ask", { name: user.name })}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("ui:cancel")}</Button>
          <Button type="primary" danger loading={isWorking} onClick={onConfirm}>
            {t("user.deactivate")}
          </Button>
        </>
      }
    >
      <p className={styles.lead}>{t("user.deactivate_detail")}</p>
      {user.open_task_count > 0 ? (
        <>
          <p>{t("user.deactivate_tasks", { count: user.open_task_count })}</p>
          <ul className={styles.tasks}>
            {user.open_tasks.map((task) => (
              <li key={task.id}>
                {task.node_title}
                {task.record ? ` · ${task.record.title}` : ""}
              </li>
            ))}
            {rest > 0 ? <li>{t("user.more_tasks", { count: rest })}</li> : null}
          </ul>
        </>
      ) : null}
      {user.heads.length > 0 ? (
        <p>{t("user.deactivate_heads", { departments: user.heads.map((one) => one.title).join(", ") })}</p>
      ) : null}
    </Modal>
  );
}
