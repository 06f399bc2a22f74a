import { useBlocker } from "@tanstack/react-router";
import { Modal } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";

/** Asks before the page is left with changes that are not saved; the browser asks when it is closed. */
export function LeaveQuestion({ isChanged }: { readonly isChanged: boolean }): JSX.Element {
  const { t } = useTranslation("ui");
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && isChanged,
    enableBeforeUnload: () => isChanged,
    withResolver: true,
  });
  return (
    <Modal
      open={blocker.status === "blocked"}
      title={t("leave.title")}
      okText={t("leave.leave")}
      cancelText={t("leave.stay")}
      onCancel={() => blocker.reset?.()}
      onOk={() => blocker.proceed?.()}
      width={420}
    >
      {t("leave.text")}
    </Modal>
  );
}
