import { getRouteApi, Navigate } from "@tanstack/react-router";
import type { JSX } from "react";
import { useTranslation } from "react-i18next";
import { findApp, flatten, hrefOf, targetOf } from "../lib/menu";
import { Problem } from "../lib/problem";
import { useSession } from "../lib/session";
import { Page } from "../ui/Page";
import { ProblemPanel } from "../ui/ProblemPanel";
import { StatePanel } from "../ui/StatePanel";

const route = getRouteApi("/shell/apps/$app");

/** An app opens on the first entry of its menu. */
export function AppPage(): JSX.Element {
  const { t } = useTranslation("apps");
  const session = useSession();
  const app = findApp(session, route.useParams().app);
  if (!app) {
    return (
      <Page>
        <ProblemPanel error={new Problem(404, {})} />
      </Page>
    );
  }
  const [target] = flatten(app.menu).flatMap((entry) => targetOf(entry, app.key) ?? []);
  if (target) return <Navigate to={hrefOf(target)} replace />;
  return (
    <Page>
      <StatePanel scene="locked" title={t("app.empty")} detail={t("app.empty_detail")} />
    </Page>
  );
}
