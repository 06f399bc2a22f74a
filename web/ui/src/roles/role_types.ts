import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, path, splitName } from "../lib/api";
import type { SessionApp } from "../lib/session";
import type { FieldAccess } from "./role_document";
import "./texts";

export interface RoleTitle {
  readonly name: string;
  readonly title: string;
}

export interface RoleSummary extends RoleTitle {
  readonly app: string;
  readonly app_title: string;
  readonly key: string;
  readonly description: string;
  readonly version: number;
  readonly members: number;
}

export interface FormSubject {
  readonly name: string;
  readonly title: string;
  readonly kind: "forms" | "balances";
  readonly fields: readonly { readonly key: string; readonly title: string }[];
}

export interface AppSubjects {
  readonly key: string;
  readonly title: string;
  readonly forms: readonly FormSubject[];
  readonly flows: readonly RoleTitle[];
  readonly reports: readonly RoleTitle[];
  readonly dashboards: readonly RoleTitle[];
}

export interface FormGrant {
  readonly role: RoleTitle;
  readonly entry: string;
  readonly members: number;
  readonly actions: Readonly<Record<string, string | null>>;
  readonly fields: Readonly<Record<string, FieldAccess>>;
}

export interface ExplainedForm {
  readonly name: string;
  readonly title: string;
  readonly app: string;
  readonly actions: readonly string[];
  readonly fields: Readonly<Record<string, FieldAccess>>;
  readonly grants: readonly FormGrant[];
}

interface NamedRight extends RoleTitle {
  readonly roles: readonly RoleTitle[];
}

export interface UserRights {
  readonly is_administrator: boolean;
  readonly is_active: boolean;
  readonly roles: readonly RoleTitle[];
  readonly forms: readonly ExplainedForm[];
  readonly flows: readonly NamedRight[];
  readonly reports: readonly NamedRight[];
  readonly dashboards: readonly NamedRight[];
  readonly menu: readonly SessionApp[];
}

export interface Member {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly roles: readonly RoleTitle[];
}

interface Items<T> {
  readonly items: readonly T[];
}

export const rolesQuery = queryOptions({
  queryKey: ["roles", "list"],
  queryFn: async ({ signal }) => (await api.get<Items<RoleSummary>>("/api/roles", { signal })).items,
});

export const subjectsQuery = queryOptions({
  queryKey: ["rights", "subjects"],
  queryFn: async ({ signal }) =>
    (await api.get<{ apps: readonly AppSubjects[] }>("/api/rights/subjects", { signal })).apps,
  staleTime: 60_000,
});

export const formGrantsQuery = (form: string) =>
  queryOptions({
    queryKey: ["rights", "forms", form],
    queryFn: async ({ signal }) =>
      (await api.get<Items<FormGrant>>(path("rights", "forms", ...splitName(form)), { signal })).items,
    placeholderData: keepPreviousData,
  });

export const userRightsQuery = (user: string) =>
  queryOptions({
    queryKey: ["rights", "users", user],
    queryFn: ({ signal }) => api.get<UserRights>(path("rights", "users", user), { signal }),
  });

/** People with a role; one page is all that an administrator can look through by eye. */
export const membersQuery = (role: string) =>
  queryOptions({
    queryKey: ["users", "of", role],
    queryFn: async ({ signal }) =>
      (await api.get<Items<Member>>("/api/users", { signal, params: { role, is_active: true, limit: 200 } })).items,
  });

export const peopleQuery = (search: string) =>
  queryOptions({
    queryKey: ["users", "choose", search],
    queryFn: async ({ signal }) =>
      (await api.get<Items<Member>>("/api/users", { signal, params: { search, is_active: true, limit: 20 } })).items,
    placeholderData: keepPreviousData,
  });

export const personQuery = (user: string) =>
  queryOptions({
    queryKey: ["users", user],
    queryFn: ({ signal }) => api.get<Member>(path("users", user), { signal }),
  });
