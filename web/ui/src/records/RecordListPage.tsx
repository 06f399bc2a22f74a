import { getRouteApi } from "@tanstack/react-router";
import { type JSX, Suspense } from "react";
import { ListSkeleton } from "./ListSkeleton";
import type { ListSearch } from "./list_search";
import { RecordList } from "./RecordList";

const route = getRouteApi("/shell/apps/$app/forms/$form");

export function RecordListPage(): JSX.Element {
  const { app, form } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (patch: ListSearch, isReplacing = false) =>
    void navigate({ search: (previous) => ({ ...previous, ...patch }), replace: isReplacing });
  return (
    <Suspense fallback={<ListSkeleton />}>
      <RecordList
        key={`${app}.${form}`}
        source={{ kind: "form", name: `${app}.${form}` }}
        search={search}
        onChange={change}
      />
    </Suspense>
  );
}
