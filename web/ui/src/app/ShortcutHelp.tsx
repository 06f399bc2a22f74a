import { Modal } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { KeyHint } from "../ui/KeyHint";
import styles from "./ShortcutHelp.module.css";

interface ShortcutHelpProps {
  readonly onClose: () => void;
}

export function ShortcutHelp({ onClose }: ShortcutHelpProps): JSX.Element {
  const { t } = useTranslation("app");
  const groups = [
    {
      title: t("help.everywhere"),
      rows: [
        { keys: ["Ctrl", "K"], text: t("help.palette") },
        { keys: ["?"], text: t("help.help") },
        { keys: ["Esc"], text: t("help.close") },
      ],
    },
    {
      title: t("help.lists"),
      rows: [
        { keys: ["/"], text: t("help.search") },
        { keys: ["N"], text: t("help.new") },
      ],
    },
  ];
  return (
    <Modal open onCancel={onClose} footer={null} title={t("help.title")} width={440}>
      {groups.map((group) => (
        <section key={group.title} className={styles.group}>
          <h3 className={styles.heading}>{group.title}</h3>
          <dl>
            {group.rows.map((row) => (
              <div key={row.text} className={styles.row}>
                <dt>{row.text}</dt>
                <dd>
                  <KeyHint keys={row.keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
