import { Button, Checkbox } from "antd";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type DragEvent, type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "../forms/field_type";
import { IconButton } from "../ui/IconButton";
import styles from "./ColumnChoice.module.css";
import { move, useColumnChoices } from "./column_choice";
import type { RecordListModel } from "./use_record_list";

interface ColumnChoiceProps {
  readonly list: RecordListModel;
}

/** Which columns and in which order: tick, drag, or move with the arrows. */
export function ColumnChoice({ list }: ColumnChoiceProps): JSX.Element {
  const { t } = useTranslation("records");
  const choose = useColumnChoices((state) => state.choose);
  const forget = useColumnChoices((state) => state.forget);
  const [dragged, setDragged] = useState<number | null>(null);
  const keys = list.columns.map((field) => field.key);
  const rest = list.fields.filter((field) => !keys.includes(field.key));
  const set = (next: readonly string[]) => choose(list.listKey, next);
  const drop = (index: number) => (event: DragEvent) => {
    event.preventDefault();
    if (dragged !== null) set(move(keys, dragged, index));
    setDragged(null);
  };
  const line = (field: Field, isShown: boolean) => (
    <Checkbox
      checked={isShown}
      disabled={isShown && keys.length === 1}
      onChange={() => set(isShown ? keys.filter((key) => key !== field.key) : [...keys, field.key])}
    >
      {field.title}
    </Checkbox>
  );
  return (
    <section className={styles.panel} aria-label={t("columns")}>
      <ul className={styles.list}>
        {list.columns.map((field, index) => (
          <li
            key={field.key}
            className={styles.line}
            draggable
            data-dragged={dragged === index}
            onDragStart={() => setDragged(index)}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={drop(index)}
          >
            {line(field, true)}
            <span className={styles.arrows}>
              <IconButton
                label={t("columns.up", { title: field.title })}
                icon={<ArrowUp size={14} />}
                isDisabled={index === 0}
                onClick={() => set(move(keys, index, index - 1))}
              />
              <IconButton
                label={t("columns.down", { title: field.title })}
                icon={<ArrowDown size={14} />}
                isDisabled={index === keys.length - 1}
                onClick={() => set(move(keys, index, index + 1))}
              />
            </span>
          </li>
        ))}
      </ul>
      {rest.length > 0 ? (
        <>
          <h3 className={styles.heading}>{t("columns.hidden")}</h3>
          <ul className={styles.list}>
            {rest.map((field) => (
              <li key={field.key} className={styles.line}>
                {line(field, false)}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <Button type="link" size="small" className={styles.reset} onClick={() => forget(list.listKey)}>
        {t("columns.reset")}
      </Button>
    </section>
  );
}
