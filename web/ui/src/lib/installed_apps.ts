import { queryOptions } from "@tanstack/react-query";
import { api } from "./api";
import type { DefinitionState, Place } from "./definitions";
import type { JsonObject } from "./json";

export interface DefinitionTitle {
  readonly key: string;
  readonly title: string;
  readonly version: number;
}

/** An app and, for administrators, what it is made of; titles are in the reader's language. */
export interface InstalledApp {
  readonly key: string;
  readonly title: string;
  readonly version: string;
  readonly definitions: Readonly<Record<string, readonly DefinitionTitle[]>>;
}

export const installedAppsQuery = queryOptions({
  queryKey: ["apps", "installed"],
  queryFn: async ({ signal }) => (await api.get<{ items: readonly InstalledApp[] }>("/api/apps", { signal })).items,
});

/** What a definition that is being edited is called: as readers know it, unless its title is being changed. */
export function shownTitle(
  apps: readonly InstalledApp[] | undefined,
  { app, kind, key }: Place,
  known: DefinitionState,
  document: JsonObject,
): string {
  const own = typeof document.title === "string" && document.title ? document.title : key;
  const installed = apps?.find((one) => one.key === app);
  const translated = kind === "apps" ? installed : installed?.definitions[kind]?.find((one) => one.key === key);
  return translated && known.document?.title === document.title ? translated.title : own;
}
