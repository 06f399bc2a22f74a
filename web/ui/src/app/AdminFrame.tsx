import { Outlet } from "@tanstack/react-router";
import type { JSX } from "react";
import { Problem } from "../lib/problem";
import { useSession } from "../lib/session";
import { Page } from "../ui/Page";
import { ProblemPanel } from "../ui/ProblemPanel";

/** Lets administrators through to the pages below; everybody else is told so. The API refuses them in any case. */
export function AdminFrame(): JSX.Element {
  const session = useSession();
  if (session.is_administrator) return <Outlet />;
  return (
    <Page>
      <ProblemPanel error={new Problem(403, {})} />
    </Page>
  );
}
