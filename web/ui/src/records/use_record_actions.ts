import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Form, FormAction } from "../forms/form_schema";
import { api, splitName } from "../lib/api";
import { isObject } from "../lib/json";
import { asProblem, type Violation } from "../lib/problem";
import { keys } from "../lib/query_keys";
import type { RecordJson } from "../lib/record_types";
import { toast } from "../ui/toast";
import { type RecordAnswer, recordPath } from "./record_query";

interface RecordActionOptions {
  readonly form: Form;
  readonly record: RecordAnswer;
  readonly onDone: () => void;
  readonly onRefused: (violations: readonly Violation[]) => void;
}

/** Pressing the buttons of a record and deleting it. */
export function useRecordActions({ form, record, onDone, onRefused }: RecordActionOptions) {
  const { t } = useTranslation(["records", "ui"]);
  const client = useQueryClient();
  const navigate = useNavigate();
  const busy = useRef(false);
  const id = record.id ?? "";
  const version = record.version ?? undefined;
  const fail = (error: unknown) => {
    const problem = asProblem(error);
    if (problem.status === 412) {
      const by = isObject(problem.body.current) ? problem.body.current.changed_by : null;
      toast.info(t("record.stale", { who: isObject(by) ? String(by.title) : "" }));
      onDone();
    } else if (problem.errors.length > 0) {
      onRefused(problem.errors);
    } else {
      toast.problem(problem, t(problem.status === 0 ? "ui:problem.network" : "ui:problem.unexpected"));
      if (problem.status === 409) onDone();
    }
  };
  const release = () => {
    busy.current = false;
  };
  const press = useMutation({
    mutationFn: (action: FormAction) =>
      api.post<RecordJson>(recordPath(form.name, id, "actions", action.key), undefined, {
        version,
        idempotencyKey: crypto.randomUUID(),
      }),
    meta: { handlesProblem: true },
    onSuccess: (_record, action) => {
      toast.success(t("record.pressed", { action: action.title }));
      onDone();
    },
    onError: fail,
    onSettled: release,
  });
  const remove = useMutation({
    mutationFn: () => api.delete(recordPath(form.name, id), { version }),
    meta: { handlesProblem: true },
    onSuccess: () => {
      const [app, key] = splitName(form.name);
      const listed = { queryKey: keys.records(form.name) };
      client.removeQueries({ queryKey: keys.record(form.name, id) });
      void client.invalidateQueries(listed);
      void navigate({ to: "/apps/$app/forms/$form", params: { app, form: key } });
      toast.success(t("record.deleted"), {
        label: t("ui:undo"),
        run: () => {
          void api.post(recordPath(form.name, id, "restore")).then(
            () => {
              toast.success(t("record.restored"));
              void client.invalidateQueries(listed);
            },
            (error: unknown) => toast.problem(asProblem(error), t("ui:problem.unexpected")),
          );
        },
      });
    },
    onError: fail,
    onSettled: release,
  });
  const once = (run: () => void) => {
    if (busy.current) return;
    busy.current = true;
    run();
  };
  return {
    pressed: press.isPending ? press.variables.key : null,
    isRemoving: remove.isPending,
    press: (action: FormAction) => once(() => press.mutate(action)),
    remove: () => once(() => remove.mutate()),
  };
}
