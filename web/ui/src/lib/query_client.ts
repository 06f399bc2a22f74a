import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { asProblem, isProblem, type Problem } from "./problem";
import { sessionKey } from "./session";

declare module "@tanstack/react-query" {
  interface Register {
    mutationMeta: {
      /** The component shows the failure itself (marks fields, opens a dialog); no toast. */
      readonly handlesProblem?: boolean;
    };
  }
}

interface Listeners {
  /** The session ended; go to the sign-in page. */
  onSignedOut(): void;
  /** A change failed and nobody shows it. */
  onProblem(problem: Problem): void;
}

const RETRIES = 2;

/** Reading is tried again when the network or the server failed, never when it refused. */
function mayRetry(failures: number, error: unknown): boolean {
  if (failures >= RETRIES) return false;
  return isProblem(error) && (error.status === 0 || error.status === 502 || error.status === 503);
}

export function createQueryClient(listeners: Listeners): QueryClient {
  const signedOut = (error: unknown): boolean => {
    if (!isProblem(error, 401)) return false;
    listeners.onSignedOut();
    return true;
  };
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.queryKey[0] !== sessionKey[0] || query.state.data !== undefined) signedOut(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (mutation.meta?.handlesProblem || signedOut(error)) return;
        listeners.onProblem(asProblem(error));
      },
    }),
    defaultOptions: {
      queries: { retry: mayRetry, staleTime: 10_000, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}
