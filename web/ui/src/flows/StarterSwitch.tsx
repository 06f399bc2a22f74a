import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Switch } from "antd";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "../ui/toast";
import { FLOWS_KEY, type FlowEntry, switchFlow } from "./flow_list_types";

/** Lets the clock, or another system, start a flow or not. */
export function StarterSwitch({ flow }: { readonly flow: FlowEntry }): JSX.Element | null {
  const { t } = useTranslation("flow_list");
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (isOn: boolean) => switchFlow(flow, isOn),
    onSuccess: (_, isOn) => {
      toast.success(isOn ? t("switched_on") : t("switched_off"));
      return client.invalidateQueries({ queryKey: FLOWS_KEY });
    },
  });
  const starter = flow.schedule ?? (flow.webhook?.has_secret ? flow.webhook : null);
  if (!starter) return null;
  return (
    <Switch
      checked={starter.is_on}
      loading={change.isPending}
      onChange={(isOn) => change.mutate(isOn)}
      aria-label={t("switch_on", { title: flow.title })}
    />
  );
}
