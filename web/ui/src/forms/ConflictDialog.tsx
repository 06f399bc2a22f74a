import { Button, Modal } from "antd";
import { type JSX, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatAgo } from "../lib/format";
import type { Json } from "../lib/json";
import { useLanguage } from "../ui/use_language";
import styles from "./ConflictDialog.module.css";
import { compare, type Difference, merge, type Side } from "./conflict";
import type { Field } from "./field_type";
import { fieldType } from "./field_types";
import { RowsView } from "./RowsView";
import type { RecordStore } from "./runtime/record_store";
import { editable, rowsOf } from "./runtime/values";
import type { Current } from "./use_save";

interface ConflictDialogProps {
  readonly store: RecordStore;
  readonly current: Current;
  readonly isSaving: boolean;
  readonly onClose: () => void;
  /** Saves upon that version. */
  readonly onSave: (version: number) => void;
}

/** Two people changed the record: field by field, mine or theirs; what only one of them changed needs no choice. */
export function ConflictDialog({ store, current, isSaving, onClose, onSave }: ConflictDialogProps): JSX.Element {
  const { t } = useTranslation(["forms", "ui"]);
  const language = useLanguage();
  const [theirs] = useState(() => editable(store.form.fields, current.values));
  const [{ conflicts, onlyTheirs }] = useState(() => compare(store.form.fields, store.base, store.values, theirs));
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>({});
  const all = (side: Side) => setSides(Object.fromEntries(conflicts.map(({ field }) => [field.key, side])));
  const save = () => {
    const merged = merge(store.form.fields, store.base, store.values, theirs, sides);
    store.rebase(current.values);
    store.replace(merged);
    onSave(current.version ?? 0);
  };
  return (
    <Modal
      open
      width={720}
      title={t("conflict.title")}
      okText={t("conflict.save")}
      cancelText={t("leave.stay")}
      confirmLoading={isSaving}
      onOk={save}
      onCancel={onClose}
    >
      <p>
        {t("conflict.text", {
          who: current.changed_by?.title ?? "",
          when: current.changed_at ? formatAgo(current.changed_at, language) : "",
        })}
      </p>
      {conflicts.length > 1 ? (
        <div className={styles.all}>
          <Button size="small" onClick={() => all("mine")}>
            {t("conflict.all_mine")}
          </Button>
          <Button size="small" onClick={() => all("theirs")}>
            {t("conflict.all_theirs")}
          </Button>
        </div>
      ) : null}
      {conflicts.map((one) => (
        <Choice
          key={one.field.key}
          difference={one}
          side={sides[one.field.key] ?? "mine"}
          onChoose={(side) => setSides({ ...sides, [one.field.key]: side })}
        />
      ))}
      {conflicts.length === 0 ? <p className={styles.note}>{t("conflict.none")}</p> : null}
      {onlyTheirs.length > 0 ? (
        <p className={styles.note}>
          {t("conflict.merged", { fields: onlyTheirs.map(({ title }) => title).join("、") })}
        </p>
      ) : null}
    </Modal>
  );
}

interface ChoiceProps {
  readonly difference: Difference;
  readonly side: Side;
  readonly onChoose: (side: Side) => void;
}

function Choice({ difference, side, onChoose }: ChoiceProps): JSX.Element {
  const { t } = useTranslation("forms");
  const name = useId();
  const { field } = difference;
  return (
    <fieldset className={styles.choice}>
      <legend className={styles.field}>{field.title}</legend>
      {(["mine", "theirs"] as const).map((one) => (
        <label key={one} className={styles.side} data-chosen={side === one}>
          <span className={styles.name}>
            <input type="radio" name={name} checked={side === one} onChange={() => onChoose(one)} />
            {t(`conflict.${one}`)}
          </span>
          <Shown field={field} value={difference[one]} />
        </label>
      ))}
    </fieldset>
  );
}

function Shown({ field, value }: { readonly field: Field; readonly value: Json }): JSX.Element {
  const { t } = useTranslation("forms");
  if (field.type === "table") return <RowsView title={field.title} fields={field.fields} rows={rowsOf(value)} />;
  if (value === null || value === "") return <span className={styles.note}>{t("empty")}</span>;
  const { Cell } = fieldType(field.type);
  return (
    <span>
      <Cell field={field} value={value} />
    </span>
  );
}
