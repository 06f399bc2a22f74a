import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, path } from "../lib/api";
import type { Json } from "../lib/json";
import type { Language } from "../lib/language";
import "./texts";
import type { UserSearch } from "./user_search";

export interface Titled {
  readonly id: string;
  readonly title: string;
}

export interface RoleTitle {
  readonly name: string;
  readonly title: string;
}

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly language: Language;
  readonly department: Titled | null;
  readonly roles: readonly RoleTitle[];
  readonly is_administrator: boolean;
  readonly is_active: boolean;
  readonly seen_at: string | null;
}

interface OpenTask {
  readonly id: string;
  readonly node_title: string;
  readonly flow_title: string;
  readonly record: { readonly title: string } | null;
}

export interface AccountDetail extends Account {
  readonly open_tasks: readonly OpenTask[];
  readonly open_task_count: number;
  readonly heads: readonly Titled[];
}

export interface OpenSession {
  readonly id: string;
  readonly created_at: string;
  readonly used_at: string;
  readonly address: string | null;
  readonly user_agent: string | null;
  readonly is_own: boolean;
}

export interface ApiToken {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly expires_at: string;
  readonly used_at: string | null;
}

export interface AccountEvent {
  readonly id: number;
  readonly at: string;
  readonly by: Titled;
  readonly action: string;
  readonly before: Readonly<Record<string, Json>>;
  readonly after: Readonly<Record<string, Json>>;
}

export interface DepartmentNode {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly parent: string | null;
  readonly head: Titled | null;
  readonly members: number;
}

interface RoleSummary extends RoleTitle {
  readonly app: string;
  readonly app_title: string;
}

interface Items<T> {
  readonly items: readonly T[];
}

export const PAGE_SIZE = 50;

export const userListQuery = (search: UserSearch) =>
  queryOptions({
    queryKey: ["users", "list", search],
    queryFn: ({ signal }) =>
      api.get<{ items: readonly Account[]; count: number }>("/api/users", {
        signal,
        params: {
          search: search.search,
          department: search.department,
          role: search.role,
          is_active: search.state === "active" ? true : search.state === "inactive" ? false : undefined,
          is_administrator: search.state === "administrator" ? true : undefined,
          limit: PAGE_SIZE,
          offset: ((search.page ?? 1) - 1) * PAGE_SIZE,
        },
      }),
    placeholderData: keepPreviousData,
  });

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", id],
    queryFn: ({ signal }) => api.get<AccountDetail>(path("users", id), { signal }),
  });

export const sessionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", id, "sessions"],
    queryFn: async ({ signal }) => (await api.get<Items<OpenSession>>(path("users", id, "sessions"), { signal })).items,
  });

export const tokensQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", id, "tokens"],
    queryFn: async ({ signal }) => (await api.get<Items<ApiToken>>(path("users", id, "tokens"), { signal })).items,
  });

export const historyQuery = (kind: "users" | "departments", id: string) =>
  queryOptions({
    queryKey: [kind, id, "history"],
    queryFn: async ({ signal }) => (await api.get<Items<AccountEvent>>(path(kind, id, "history"), { signal })).items,
  });

export const departmentsQuery = queryOptions({
  queryKey: ["departments", "tree"],
  queryFn: async ({ signal }) => (await api.get<Items<DepartmentNode>>("/api/departments/tree", { signal })).items,
});

export const rolesQuery = queryOptions({
  queryKey: ["roles", "list"],
  queryFn: async ({ signal }) => (await api.get<Items<RoleSummary>>("/api/roles", { signal })).items,
});

/** People whom one may choose, by name: those with an open account. */
export const membersQuery = (search: string) =>
  queryOptions({
    queryKey: ["members", search],
    queryFn: async ({ signal }) =>
      (
        await api.get<Items<Titled & { readonly subtitle?: string }>>("/api/members", {
          signal,
          params: { search, limit: 20 },
        })
      ).items,
    placeholderData: keepPreviousData,
  });
