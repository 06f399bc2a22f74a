import { Button, Input, Modal } from "antd";
import { Check, Copy } from "lucide-react";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowEntry } from "./flow_list_types";
import styles from "./SecretDialog.module.css";

interface SecretDialogProps {
  readonly flow: FlowEntry;
  readonly secret: string;
  readonly onClose: () => void;
}

/** What the other system is to be told. The secret is shown this once. */
export function SecretDialog({ flow, secret, onClose }: SecretDialogProps): JSX.Element {
  const { t } = useTranslation(["flow_list", "ui"]);
  return (
    <Modal
      open
      title={t("secret_title", { title: flow.title })}
      onCancel={onClose}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onClose}>
          {t("ui:close")}
        </Button>
      }
    >
      <p>{t("secret_lead")}</p>
      <Copyable label={t("secret")} value={secret} />
      <Copyable label={t("address")} value={`${window.location.origin}${flow.webhook?.path ?? ""}`} />
      <details className={styles.schema}>
        <summary>{t("schema")}</summary>
        <pre>{JSON.stringify(flow.webhook?.input, null, 2)}</pre>
      </details>
    </Modal>
  );
}

function Copyable({ label, value }: { readonly label: string; readonly value: string }): JSX.Element {
  const { t } = useTranslation("flow_list");
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(value);
    setCopied(true);
  };
  return (
    <div className={styles.line}>
      <span aria-hidden="true">{label}</span>
      <div className={styles.value}>
        <Input
          readOnly
          value={value}
          aria-label={label}
          className={styles.code}
          onFocus={(event) => event.target.select()}
        />
        <Button icon={isCopied ? <Check size={16} /> : <Copy size={16} />} onClick={() => void copy()}>
          {isCopied ? t("copied") : t("copy")}
        </Button>
      </div>
    </div>
  );
}
