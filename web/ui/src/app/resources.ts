import { texts as apps } from "../apps/texts";
import type { texts as definitions } from "../definitions/texts";
import type { texts as flowList } from "../flows/flow_list_texts";
import { texts as flows } from "../flows/texts";
import { texts as forms } from "../forms/texts";
import { texts as identity } from "../identity/texts";
import type { Language } from "../lib/language";
import type { texts as operations } from "../operations/texts";
import type { texts as packages } from "../packages/texts";
import type { texts as people } from "../people/texts";
import { texts as records } from "../records/texts";
import { texts as reports } from "../reports/texts";
import type { texts as roles } from "../roles/texts";
import { texts as ui } from "../ui/texts";
import { texts as app } from "./texts";

const FEATURES = { app, apps, flows, forms, identity, records, reports, ui } as const;

/** Features whose texts come with their own pages (`addTexts`): here for their types alone. */
interface LazyNamespaces {
  readonly definitions: (typeof definitions)["zh-CN"];
  readonly operations: (typeof operations)["zh-CN"];
  readonly flow_list: (typeof flowList)["zh-CN"];
  readonly packages: (typeof packages)["zh-CN"];
  readonly people: (typeof people)["zh-CN"];
  readonly roles: (typeof roles)["zh-CN"];
}

type Namespaces = { readonly [Name in keyof typeof FEATURES]: (typeof FEATURES)[Name]["zh-CN"] };

function namespacesOf(language: Language): Namespaces {
  const entries = Object.entries(FEATURES).map(([name, texts]) => [name, texts[language]]);
  return Object.fromEntries(entries) as Namespaces;
}

/** Every text of the page: a namespace per feature. */
export const RESOURCES: Readonly<Record<Language, Namespaces>> = {
  "zh-CN": namespacesOf("zh-CN"),
  "en-US": namespacesOf("en-US"),
};

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui";
    resources: Namespaces & LazyNamespaces;
    keySeparator: false;
    returnNull: false;
  }
}
