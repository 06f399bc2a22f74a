import { queryOptions } from "@tanstack/react-query";
import { api, path } from "../lib/api";
import type { InstalledApp } from "../lib/installed_apps";
import type { Json } from "../lib/json";
import "./texts";

export interface AppDialogProps {
  readonly app: InstalledApp;
  readonly onClose: () => void;
}

type Change = "added" | "changed" | "removed";

export interface PlaceChange {
  readonly pointer: string;
  readonly at: string;
  readonly change: Change | "moved";
  readonly before: Json;
  readonly after: Json;
}

export interface ElementChange {
  readonly kind: string;
  readonly key: string;
  readonly title: string;
  readonly change: Change;
  readonly changes: readonly PlaceChange[];
}

export interface AppImport {
  readonly key: string;
  readonly title: string;
  readonly version: string;
  readonly installed_version: string | null;
  readonly definitions: readonly ElementChange[];
  readonly translations: readonly {
    readonly language: string;
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
  }[];
  readonly files: readonly { readonly path: string; readonly change: Change }[];
  readonly rows: readonly {
    readonly form: string;
    readonly title: string;
    readonly new: number;
    readonly known: number;
  }[];
}

export const SIDES = ["ours", "theirs"] as const;

export type Side = (typeof SIDES)[number];

/** Whose side stands, by the pointer of the conflict. */
export type Choices = Readonly<Record<string, Side>>;

export interface Conflict {
  readonly pointer: string;
  readonly at: string;
  readonly base: Json;
  readonly ours: Json;
  readonly theirs: Json;
  readonly choice: Side | null;
}

export interface ImportReport {
  readonly kept: boolean;
  readonly revision: number;
  readonly apps: readonly AppImport[];
  readonly steps: readonly { readonly sql: string; readonly is_destructive: boolean }[];
  readonly conflicts: readonly Conflict[];
}

export interface AppContents {
  readonly definitions: Readonly<Record<string, number>>;
  readonly records: readonly { readonly form: string; readonly title: string; readonly count: number }[];
  readonly runs: number;
  readonly needed_by: readonly Need[];
}

/** A place of another app that leads into this one, and to what. */
export interface Need {
  readonly app: string;
  readonly pointer: string;
  readonly at: string;
  readonly name: string;
}

/** Where a scenario went another way than it says: its step as it is written, JSON to compare. */
export interface ScenarioFailure {
  readonly place: string;
  readonly step: { readonly [name: string]: Json };
  readonly expected: Json;
  readonly found: Json;
  readonly message: string;
}

export interface ScenarioOutcome {
  readonly key: string;
  readonly title: string;
  readonly passed: boolean;
  readonly steps: number;
  readonly failure: ScenarioFailure | null;
}

interface Items<T> {
  readonly items: readonly T[];
}

export const KINDS = ["apps", "forms", "balances", "flows", "reports", "dashboards", "prints", "roles"] as const;

export const changesQuery = (app: string) =>
  queryOptions({
    queryKey: ["apps", app, "changes"],
    queryFn: async ({ signal }) =>
      (await api.get<Items<ElementChange>>(path("apps", app, "changes"), { signal })).items,
    gcTime: 0,
  });

export const contentsQuery = (app: string) =>
  queryOptions({
    queryKey: ["apps", app, "contents"],
    queryFn: () => api.delete<AppContents>(path("apps", app), { params: { preview: true } }),
    gcTime: 0,
  });

export const testQuery = (app: string) =>
  queryOptions({
    queryKey: ["apps", app, "test"],
    queryFn: async () => (await api.post<Items<ScenarioOutcome>>(path("apps", app, "test"))).items,
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface Bringing {
  readonly file: File;
  /** The app to upgrade; `null` imports whatever the file holds. */
  readonly upgrade: string | null;
  readonly hasData: boolean;
  readonly choices: Choices;
}

/** Sends the zip: once to know what it would do, once more, with the preview's `revision`, to do it. */
export function bring(wish: Bringing, revision: number | null): Promise<ImportReport> {
  const body = new FormData();
  body.append("file", wish.file);
  body.append("data", String(wish.hasData));
  if (revision !== null) body.append("revision", String(revision));
  if (wish.upgrade) body.append("choices", JSON.stringify(wish.choices));
  const address = wish.upgrade ? path("apps", wish.upgrade, "upgrade") : "/api/apps";
  return api.post<ImportReport>(address, body, { params: { preview: revision === null ? true : undefined } });
}
