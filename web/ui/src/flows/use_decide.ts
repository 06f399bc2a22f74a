import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { keys } from "../lib/query_keys";
import type { PageJson } from "../lib/record_types";
import { sessionKey } from "../lib/session";
import { toast } from "../ui/toast";
import type { Decision, Task } from "./flow_types";

interface Choice {
  readonly decision: Decision;
  readonly opinion: string | null;
}

/** Decide a task; `onDone` gets the next open one, which may be opened at once. */
export function useDecide(task: Task, onDone: (next: string | null) => void) {
  const { t } = useTranslation("flows");
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ decision, opinion }: Choice) => api.post<Task>(path("tasks", task.id, decision), { opinion }),
    onSuccess: async () => {
      toast.success(t("task.decided", { title: task.record?.title ?? task.flow_title }));
      // What followed from it may have touched any record, run and figure.
      await Promise.all(
        [keys.tasks(), keys.instances(), sessionKey, ["records"], ["reports"]].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      );
      const open = await api.get<PageJson<Task>>("/api/tasks", { params: { limit: 1 } });
      onDone(open.items[0]?.id ?? null);
    },
    onError: () => client.invalidateQueries({ queryKey: keys.tasks() }),
  });
}
