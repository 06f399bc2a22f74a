import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, path, splitName } from "../lib/api";
import { isObject } from "../lib/json";
import { asProblem, type Problem } from "../lib/problem";
import type { RecordJson, Reference } from "../lib/record_types";
import { toast } from "../ui/toast";
import { messagesOf, rowKeys } from "./runtime/evaluation";
import type { RecordStore } from "./runtime/record_store";

/** The record as it is now, in the answer to a change of an older version. */
export interface Current extends RecordJson {
  readonly changed_by: Reference | null;
  readonly changed_at: string | null;
}

function currentOf(problem: Problem): Current | null {
  return problem.status === 412 && isObject(problem.body.current) ? (problem.body.current as unknown as Current) : null;
}

interface SaveOptions {
  readonly store: RecordStore;
  readonly record: RecordJson | null;
  readonly onSaved: (record: RecordJson) => void;
  readonly onRefused: () => void;
}

export interface Save {
  readonly isSaving: boolean;
  readonly conflict: Current | null;
  /** Saves; a second call while the first is on its way does nothing. */
  run(version?: number): void;
  forget(): void;
}

/** Saving a record: created or changed, refused with marks at its fields, or overtaken by somebody else. */
export function useSave({ store, record, onSaved, onRefused }: SaveOptions): Save {
  const { t } = useTranslation("ui");
  const [conflict, setConflict] = useState<Current | null>(null);
  const sentOnce = useRef({ body: "", key: "" });
  const busy = useRef(false);
  const [app, form] = splitName(store.form.name);
  const mutation = useMutation({
    mutationFn: (version: number | undefined): Promise<RecordJson> => {
      if (!record?.id) {
        const values = store.all();
        const body = JSON.stringify(values);
        // The same again is the same request, whatever the network did to the answer.
        if (sentOnce.current.body !== body) sentOnce.current = { body, key: crypto.randomUUID() };
        return api.post<RecordJson>(path("records", app, form), { values }, { idempotencyKey: sentOnce.current.key });
      }
      const values = store.changes();
      if (Object.keys(values).length === 0) return Promise.resolve(record);
      const seen = version ?? record.version ?? undefined;
      return api.patch<RecordJson>(path("records", app, form, record.id), { values }, { version: seen });
    },
    meta: { handlesProblem: true },
    onSettled: () => {
      busy.current = false;
    },
    onSuccess: onSaved,
    onError: (error) => {
      const problem = asProblem(error);
      const current = currentOf(problem);
      if (current) {
        setConflict(current);
      } else if (problem.errors.length > 0) {
        store.refuse(messagesOf(store, problem.errors, rowKeys(store)));
        onRefused();
      } else {
        toast.problem(problem, t(problem.status === 0 ? "problem.network" : "problem.unexpected"));
      }
    },
  });
  return {
    isSaving: mutation.isPending,
    conflict,
    run: (version) => {
      if (busy.current) return;
      busy.current = true;
      mutation.mutate(version);
    },
    forget: () => setConflict(null),
  };
}
