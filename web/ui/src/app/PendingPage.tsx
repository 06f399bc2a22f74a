import { Skeleton } from "antd";
import type { JSX } from "react";
import { Page } from "../ui/Page";

export function PendingPage(): JSX.Element {
  return (
    <Page>
      <div aria-busy="true">
        <Skeleton active title={{ width: 180 }} paragraph={{ rows: 8 }} />
      </div>
    </Page>
  );
}
