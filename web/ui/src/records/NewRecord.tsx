import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import type { Form } from "../forms/form_schema";
import { RecordEditor } from "../forms/RecordEditor";
import { evaluate } from "../forms/runtime/evaluation";
import { splitName } from "../lib/api";
import { keys } from "../lib/query_keys";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { toast } from "../ui/toast";
import { RecordEyebrow } from "./RecordEyebrow";
import styles from "./RecordPage.module.css";
import { RecordSkeleton } from "./RecordSkeleton";

/** An empty form with the defaults that the server gives it. */
export function NewRecord({ form }: { readonly form: Form }): JSX.Element {
  const { t } = useTranslation("records");
  const navigate = useNavigate();
  const client = useQueryClient();
  const [app, key] = splitName(form.name);
  const first = useQuery({
    queryKey: ["records", form.name, "blank"],
    queryFn: ({ signal }) => evaluate(form.name, null, {}, signal),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  return (
    <div className={styles.single}>
      <PageHeader eyebrow={<RecordEyebrow form={form} />} title={t("record.new", { title: form.title })} />
      <QueryState query={first} loading={<RecordSkeleton />}>
        {(blank) => (
          <RecordEditor
            form={form}
            record={null}
            first={blank}
            onSaved={(saved) => {
              toast.success(t("record.created"));
              void client.invalidateQueries({ queryKey: keys.records(form.name) });
              void navigate({
                to: "/apps/$app/forms/$form/$record",
                params: { app, form: key, record: saved.id ?? "" },
                replace: true,
              });
            }}
            onCancel={() => void navigate({ to: "/apps/$app/forms/$form", params: { app, form: key } })}
          />
        )}
      </QueryState>
    </div>
  );
}
