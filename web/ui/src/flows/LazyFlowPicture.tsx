import { type ComponentProps, type JSX, lazy, Suspense } from "react";
import { Lines } from "../ui/Lines";

const Picture = lazy(() => import("./FlowPicture").then((module) => ({ default: module.FlowPicture })));

/** The picture with its drawing library, loaded when it is first looked at. */
export function LazyFlowPicture(props: ComponentProps<typeof Picture>): JSX.Element {
  return (
    <Suspense fallback={<Lines rows={6} />}>
      <Picture {...props} />
    </Suspense>
  );
}
