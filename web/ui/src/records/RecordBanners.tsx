import { Button } from "antd";
import { CircleAlert, Stamp } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Draft } from "../forms/drafts";
import type { Form } from "../forms/form_schema";
import { formatAgo } from "../lib/format";
import type { Violation } from "../lib/problem";
import { LinkButton } from "../ui/LinkButton";
import { useLanguage } from "../ui/use_language";
import styles from "./RecordPage.module.css";
import type { RecordAnswer } from "./record_query";

interface RecordBannersProps {
  readonly form: Form;
  readonly record: RecordAnswer;
  /** Why a button was refused. */
  readonly refused: readonly Violation[];
  readonly draft: Draft | null;
  readonly onEdit: () => void;
  readonly onTakeUp: () => void;
  readonly onDrop: () => void;
}

/** What asks for attention above a record: a task, a refusal, a draft. */
export function RecordBanners(props: RecordBannersProps): JSX.Element {
  const { form, record, refused, draft, onEdit, onTakeUp, onDrop } = props;
  const { t } = useTranslation(["records", "ui"]);
  const language = useLanguage();
  const titleOf = (pointer: string) => form.fields.find(({ key }) => key === pointer.split("/")[1])?.title;
  return (
    <>
      {record.tasks.map((task) => (
        <div key={task.id} className={styles.banner} data-tone="task">
          <Stamp size={18} aria-hidden="true" />
          <span className={styles.bannerText}>
            {t("record.task", { title: task.node_title ?? task.flow_title ?? "" })}
          </span>
          <LinkButton look="primary" to="/tasks/$task" params={{ task: task.id }}>
            {t("record.task_open")}
          </LinkButton>
        </div>
      ))}
      {refused.length > 0 ? (
        <div className={styles.banner} data-tone="error" role="alert">
          <CircleAlert size={18} aria-hidden="true" />
          <div className={styles.bannerText}>
            <p>{t("record.refused")}</p>
            <ul>
              {refused.map((one) => (
                <li key={one.pointer + one.code}>{[titleOf(one.pointer), one.detail].filter(Boolean).join(" · ")}</li>
              ))}
            </ul>
          </div>
          {form.actions.has("update") ? <Button onClick={onEdit}>{t("ui:edit")}</Button> : null}
        </div>
      ) : null}
      {draft ? (
        <div className={styles.banner} role="status">
          <span className={styles.bannerText}>{t("record.draft", { when: formatAgo(draft.at, language) })}</span>
          <Button type="text" onClick={onDrop}>
            {t("ui:delete")}
          </Button>
          <Button type="primary" ghost onClick={onTakeUp}>
            {t("record.draft_open")}
          </Button>
        </div>
      ) : null}
    </>
  );
}
