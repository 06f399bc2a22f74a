import { useQuery } from "@tanstack/react-query";
import { type JSX, useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../ui/Page";
import { PageHeader } from "../ui/PageHeader";
import { QueryState } from "../ui/QueryState";
import { StatePanel } from "../ui/StatePanel";
import { FlowTable } from "./FlowTable";
import { type FlowEntry, flowListQuery } from "./flow_list_types";
import { SecretDialog } from "./SecretDialog";

interface MadeSecret {
  readonly flow: FlowEntry;
  readonly secret: string;
}

/** Every flow with what starts it: when the clock does next, how other systems may; for administrators. */
export function FlowListPage(): JSX.Element {
  const { t } = useTranslation("flow_list");
  const query = useQuery(flowListQuery());
  const [made, setMade] = useState<MadeSecret | null>(null);
  return (
    <Page>
      <PageHeader title={t("title")} />
      <QueryState query={query}>
        {({ items }) =>
          items.length > 0 ? (
            <FlowTable flows={items} onSecret={(flow, secret) => setMade({ flow, secret })} />
          ) : (
            <StatePanel scene="empty" title={t("none")} detail={t("none_detail")} />
          )
        }
      </QueryState>
      {made ? <SecretDialog flow={made.flow} secret={made.secret} onClose={() => setMade(null)} /> : null}
    </Page>
  );
}
