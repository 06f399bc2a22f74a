import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { RotateCw, Square } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { api, path } from "../lib/api";
import { keys } from "../lib/query_keys";
import { toast } from "../ui/toast";
import type { Run } from "./flow_types";

interface RunSteeringProps {
  readonly run: Run;
}

/** Stop a run or let a failed one go on, for those who may. */
export function RunSteering({ run }: RunSteeringProps): JSX.Element {
  const { t } = useTranslation("flows");
  const client = useQueryClient();
  const steer = useMutation({
    mutationFn: (action: "cancel" | "retry") => api.post<Run>(path("instances", run.id, action)),
    onSuccess: (changed, action) => {
      client.setQueryData(keys.instance(run.id), changed);
      void client.invalidateQueries({ queryKey: keys.instances() });
      toast.success(action === "cancel" ? t("run.cancelled") : t("run.retried"));
    },
  });
  return (
    <>
      {run.may.includes("retry") ? (
        <Button
          type="primary"
          icon={<RotateCw size={15} />}
          loading={steer.isPending}
          onClick={() => steer.mutate("retry")}
        >
          {t("run.retry")}
        </Button>
      ) : null}
      {run.may.includes("cancel") ? (
        <Popconfirm title={t("run.cancel_confirm")} onConfirm={() => steer.mutate("cancel")}>
          <Button danger icon={<Square size={14} />} loading={steer.isPending}>
            {t("run.cancel")}
          </Button>
        </Popconfirm>
      ) : null}
    </>
  );
}
