import type { UseQueryResult } from "@tanstack/react-query";
import type { JSX, ReactNode } from "react";
import { Lines } from "./Lines";
import { ProblemPanel } from "./ProblemPanel";

interface QueryStateProps<T> {
  readonly query: UseQueryResult<T>;
  /** A skeleton in the shape of the content; grey lines when absent. */
  readonly loading?: ReactNode;
  readonly isCompact?: boolean;
  readonly children: (data: T) => ReactNode;
}

/** Server state in its three designed forms: loading, failed, there. Old data stays while it is read again. */
export function QueryState<T>({ query, loading, isCompact, children }: QueryStateProps<T>): JSX.Element {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) {
    return <ProblemPanel error={query.error} onRetry={() => void query.refetch()} isCompact={isCompact} />;
  }
  return <>{loading ?? <Lines rows={isCompact ? 3 : 6} />}</>;
}
