import type { JSX } from "react";
import { Problem } from "../lib/problem";
import { Page } from "../ui/Page";
import { ProblemPanel } from "../ui/ProblemPanel";

export function NotFoundPage(): JSX.Element {
  return (
    <Page>
      <ProblemPanel error={new Problem(404, {})} />
    </Page>
  );
}
