import { Button, Input } from "antd";
import { type JSX, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Violation } from "../lib/problem";
import styles from "./roles.module.css";

interface ScopeInputProps {
  readonly label: string;
  readonly isLabelled?: boolean;
  readonly value: string;
  readonly wrong: readonly Violation[];
  readonly onChange: (text: string) => void;
}

/** Conditions that nearly every company wants first; every form has these system fields. */
const EXAMPLES = [
  { key: "own", text: "owner == user" },
  { key: "created", text: "created_by == user" },
  { key: "department", text: "owner.department in user.departments" },
] as const;

/** An expression over the record, checked while one types; what is wrong stands below with its position. */
export function ScopeInput({ label, isLabelled = false, value, wrong, onChange }: ScopeInputProps): JSX.Element {
  const { t } = useTranslation("roles");
  const id = useId();
  return (
    <div>
      {isLabelled ? <div>{label}</div> : null}
      <div className={styles.mono}>
        <Input.TextArea
          value={value}
          onChange={(event) => onChange(event.target.value)}
          autoSize={{ minRows: 2, maxRows: 8 }}
          maxLength={2000}
          aria-label={label}
          aria-describedby={id}
          aria-invalid={wrong.length > 0}
          status={wrong.length > 0 ? "error" : undefined}
          placeholder={t("matrix.every_record")}
          spellCheck={false}
        />
      </div>
      <div id={id}>
        {wrong.map((one) => (
          <span key={one.code} className={styles.wrong} role="alert">
            {one.detail}
          </span>
        ))}
      </div>
      <div className={styles.bar}>
        <span className={styles.faint}>{t("entry.examples")}</span>
        {EXAMPLES.map((example) => (
          <Button
            key={example.key}
            size="small"
            title={example.text}
            aria-label={t("entry.insert", { title: t(`entry.${example.key}`) })}
            onClick={() => onChange(example.text)}
          >
            {t(`entry.${example.key}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
