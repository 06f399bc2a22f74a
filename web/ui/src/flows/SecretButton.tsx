import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { KeyRound } from "lucide-react";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { FLOWS_KEY, type FlowEntry, renewSecret } from "./flow_list_types";

interface SecretButtonProps {
  readonly flow: FlowEntry;
  readonly onSecret: (secret: string) => void;
}

/** Makes the first secret of a webhook at once, a further one after a question. */
export function SecretButton({ flow, onSecret }: SecretButtonProps): JSX.Element {
  const { t } = useTranslation("flow_list");
  const client = useQueryClient();
  const renew = useMutation({
    mutationFn: () => renewSecret(flow),
    onSuccess: ({ secret }) => {
      onSecret(secret);
      return client.invalidateQueries({ queryKey: FLOWS_KEY });
    },
  });
  const hasSecret = flow.webhook?.has_secret ?? false;
  const button = (
    <Button
      icon={<KeyRound size={15} />}
      loading={renew.isPending}
      onClick={hasSecret ? undefined : () => renew.mutate()}
    >
      {hasSecret ? t("renew_secret") : t("make_secret")}
    </Button>
  );
  if (!hasSecret) return button;
  return (
    <Popconfirm
      title={t("renew_title", { title: flow.title })}
      description={t("renew_detail")}
      okText={t("renew")}
      onConfirm={() => renew.mutate()}
    >
      {button}
    </Popconfirm>
  );
}
