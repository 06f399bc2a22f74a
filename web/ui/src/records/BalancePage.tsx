import { getRouteApi } from "@tanstack/react-router";
import { type JSX, Suspense } from "react";
import { ListSkeleton } from "./ListSkeleton";
import type { ListSearch } from "./list_search";
import { RecordList } from "./RecordList";

const route = getRouteApi("/shell/apps/$app/balances/$balance");

/** Running totals: the same list, only read. */
export function BalancePage(): JSX.Element {
  const { app, balance } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (patch: ListSearch, isReplacing = false) =>
    void navigate({ search: (previous) => ({ ...previous, ...patch }), replace: isReplacing });
  const name = `${app}.${balance}`;
  return (
    <Suspense fallback={<ListSkeleton />}>
      <RecordList key={name} source={{ kind: "balance", name }} search={search} onChange={change} />
    </Suspense>
  );
}
