import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { formQuery } from "../forms/form_schema";
import { RecordView } from "../forms/RecordView";
import { api, path } from "../lib/api";
import { keys } from "../lib/query_keys";
import type { RecordJson } from "../lib/record_types";
import type { RecordReference } from "../lib/task_types";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import styles from "./TaskRecord.module.css";

interface TaskRecordProps {
  readonly record: RecordReference | null;
}

/** What the decision is about, as its form lays it out. */
export function TaskRecord({ record }: TaskRecordProps): JSX.Element {
  const { t } = useTranslation("flows");
  if (!record) return <StatePanel scene="empty" title={t("task.no_record")} isCompact />;
  return <Shown record={record} />;
}

function Shown({ record }: { readonly record: RecordReference }): JSX.Element {
  const { t } = useTranslation("flows");
  const name = `${record.app}.${record.form}`;
  const form = useQuery(formQuery(name));
  const values = useQuery({
    queryKey: keys.record(name, record.id),
    queryFn: ({ signal }) => api.get<RecordJson>(path("records", record.app, record.form, record.id), { signal }),
  });
  return (
    <QueryState query={form}>
      {(shape) => (
        <QueryState query={values}>
          {(found) => (
            <>
              <RecordView form={shape} values={found.values} />
              <Link
                to="/apps/$app/forms/$form/$record"
                params={{ app: record.app, form: record.form, record: record.id }}
                className={styles.open}
              >
                {t("task.open_record")}
              </Link>
            </>
          )}
        </QueryState>
      )}
    </QueryState>
  );
}
