import { Button, Input, Modal } from "antd";
import { Check, Copy } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./people.module.css";

interface LinkDialogProps {
  readonly name: string;
  readonly link: string;
  readonly onClose: () => void;
}

/** The one-time link, shown this once: whoever closes the dialog makes a new one when they need it again. */
export function LinkDialog({ name, link, onClose }: LinkDialogProps): JSX.Element {
  const { t } = useTranslation(["people", "ui"]);
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(link);
    setCopied(true);
  };
  return (
    <Modal
      open
      title={t("link.title", { name })}
      onCancel={onClose}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onClose}>
          {t("ui:close")}
        </Button>
      }
    >
      <p className={styles.lead}>{t("link.lead")}</p>
      <div className={styles.link}>
        <Input
          readOnly
          value={link}
          aria-label={t("link.address")}
          className={styles.code}
          onFocus={(event) => event.target.select()}
        />
        <Button icon={isCopied ? <Check size={16} /> : <Copy size={16} />} onClick={() => void copy()}>
          {isCopied ? t("link.copied") : t("link.copy")}
        </Button>
      </div>
    </Modal>
  );
}
