import type { JSX } from "react";
import { Lines } from "../ui/Lines";
import { Page } from "../ui/Page";

export function PendingPage(): JSX.Element {
  return (
    <Page>
      <Lines rows={8} />
    </Page>
  );
}
