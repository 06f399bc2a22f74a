import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { type JSX, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { draftKey, dropDraft, readDraft } from "../forms/drafts";
import type { Form } from "../forms/form_schema";
import { RecordEditor } from "../forms/RecordEditor";
import { RecordView } from "../forms/RecordView";
import { type Evaluation, evaluate } from "../forms/runtime/evaluation";
import { splitName } from "../lib/api";
import type { Violation } from "../lib/problem";
import { keys } from "../lib/query_keys";
import { useRecent } from "../lib/recent";
import { useSession } from "../lib/session";
import { PageHeader } from "../ui/PageHeader";
import { toast } from "../ui/toast";
import { RecordActions } from "./RecordActions";
import { RecordBanners } from "./RecordBanners";
import { RecordEyebrow } from "./RecordEyebrow";
import { RecordFacts } from "./RecordFacts";
import { RecordHistory } from "./RecordHistory";
import styles from "./RecordPage.module.css";
import { RecordRelated } from "./RecordRelated";
import { RecordRuns } from "./RecordRuns";
import { RecordStatus } from "./RecordStatus";
import type { RecordAnswer } from "./record_query";

interface StoredRecordProps {
  readonly form: Form;
  readonly record: RecordAnswer;
}

type Mode = "view" | "edit" | "draft";

/** A record that is there: readable first, with its buttons and what stands around it; edited on demand. */
export function StoredRecord({ form, record }: StoredRecordProps): JSX.Element {
  const { t } = useTranslation("records");
  const client = useQueryClient();
  const user = useSession().user.id;
  const [mode, setMode] = useState<Mode>("view");
  const [refused, setRefused] = useState<readonly Violation[]>([]);
  const [app, key] = splitName(form.name);
  const id = record.id ?? "";
  const draftPlace = draftKey(user, form.name, id);
  const [draft, setDraft] = useState(() => readDraft(draftPlace));
  const addRecent = useRecent((state) => state.add);
  useEffect(
    () => addRecent(user, { app, form: key, id, title: record.title }),
    [addRecent, user, app, key, id, record.title],
  );
  const hidden = useHidden(form, record);
  const refresh = () => {
    setRefused([]);
    void client.invalidateQueries({ queryKey: keys.records(form.name) });
    void client.invalidateQueries({ queryKey: keys.tasks() });
  };
  if (mode !== "view") {
    return (
      <div className={styles.single}>
        <PageHeader eyebrow={<RecordEyebrow form={form} />} title={record.title} />
        <RecordEditor
          form={form}
          record={record}
          first={null}
          takesUpDraft={mode === "draft"}
          onSaved={(saved) => {
            client.setQueryData(keys.record(form.name, id), { ...record, ...saved });
            toast.success(t("record.saved"));
            setDraft(null);
            setMode("view");
            refresh();
          }}
          onCancel={() => {
            setDraft(null);
            setMode("view");
          }}
        />
      </div>
    );
  }
  return (
    <>
      <PageHeader
        eyebrow={<RecordEyebrow form={form} />}
        title={record.title}
        extra={<RecordStatus form={form} record={record} />}
        actions={
          <RecordActions
            form={form}
            record={record}
            onEdit={() => setMode("edit")}
            onDone={refresh}
            onRefused={setRefused}
          />
        }
      />
      <RecordFacts record={record} />
      <RecordBanners
        form={form}
        record={record}
        refused={refused}
        draft={draft}
        onEdit={() => setMode("edit")}
        onTakeUp={() => setMode("draft")}
        onDrop={() => {
          dropDraft(draftPlace);
          setDraft(null);
        }}
      />
      <div className={styles.columns}>
        <div className={styles.main}>
          <RecordView form={form} values={record.values} hidden={hidden} />
          <RecordRelated record={record} />
        </div>
        <aside className={styles.side} aria-label={t("record.panels")}>
          <RecordRuns record={record} />
          <RecordHistory form={form} record={record} />
        </aside>
      </div>
    </>
  );
}

function hiddenIn(evaluation: Evaluation | undefined): ReadonlySet<string> {
  const states = Object.entries(evaluation?.states ?? {});
  return new Set(states.flatMap(([pointer, state]) => (state.visible ? [] : [pointer.slice("#/".length)])));
}

/** Fields that the form's rules hide from this record, asked only where there are such rules. */
function useHidden(form: Form, record: RecordAnswer): ReadonlySet<string> {
  const hasRules = (form.options.rules ?? []).some((rule) => Array.isArray(rule.visible));
  const { data } = useQuery({
    queryKey: [...keys.record(form.name, record.id ?? ""), "states", record.version],
    queryFn: ({ signal }) => evaluate(form.name, record.id, {}, signal),
    enabled: hasRules,
    placeholderData: keepPreviousData,
  });
  return useMemo(() => hiddenIn(data), [data]);
}
