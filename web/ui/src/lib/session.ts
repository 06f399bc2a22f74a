import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api } from "./api";
import { setTimeZone } from "./time_zone";

export interface MenuEntry {
  readonly key: string;
  readonly title: string;
  readonly icon?: string;
  readonly form?: string;
  readonly view?: string;
  readonly dashboard?: string;
  readonly report?: string;
  readonly balance?: string;
  readonly items?: readonly MenuEntry[];
}

export interface SessionApp {
  readonly key: string;
  readonly title: string;
  readonly icon?: string;
  readonly menu: readonly MenuEntry[];
}

export interface SessionUser {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly language: string | null;
  readonly department?: { readonly id: string; readonly title: string } | null;
}

export interface Session {
  readonly user: SessionUser;
  readonly is_administrator: boolean;
  readonly roles: readonly string[];
  readonly apps: readonly SessionApp[];
  readonly forms: Readonly<Record<string, { readonly title: string; readonly actions: readonly string[] }>>;
  /** By whose wall clock times are shown: the platform's, as in its sheets and mail. */
  readonly time_zone: string;
  readonly unread_notifications: number;
  readonly open_tasks: number;
}

export const sessionKey = ["session"] as const;

export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => api.get<Session>("/api/session", { signal }),
  staleTime: 60_000,
  refetchInterval: 60_000,
});

/** The signed-in person; pages inside the shell may rely on it. */
export function useSession(): Session {
  const session = useSuspenseQuery(sessionQuery).data;
  setTimeZone(session.time_zone);
  return session;
}
