import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Problem } from "../lib/problem";
import { toast } from "../ui/toast";
import { WORK_KEY } from "./work_types";

interface Step {
  readonly run: () => Promise<unknown>;
  readonly is: "retried" | "dropped";
  readonly count?: number;
}

/** Retries or drops, says so, and reads everything again. */
export function useWork() {
  const { t } = useTranslation("operations");
  const client = useQueryClient();
  return useMutation({
    mutationFn: (step: Step) => step.run(),
    onSuccess: (_, step) => {
      const count = step.count ?? 1;
      toast.success(step.is === "retried" ? t("act.retried", { count }) : t("act.dropped", { count }));
    },
    onError: (error) => {
      if (error instanceof Problem) toast.problem(error, t("act.failed"));
      else toast.error(t("act.failed"));
    },
    onSettled: () => client.invalidateQueries({ queryKey: WORK_KEY }),
  });
}
