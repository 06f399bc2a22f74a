import type { MenuEntry, Session, SessionApp } from "./session";

/** Where a menu entry leads. Names in menus are full (`crm.sales_order`) and may point into another app. */
export type MenuTarget =
  | { readonly kind: "form"; readonly app: string; readonly key: string; readonly view?: string }
  | { readonly kind: "balance" | "report" | "dashboard"; readonly app: string; readonly key: string };

function locate(name: string, app: string): { app: string; key: string } {
  const dot = name.indexOf(".");
  return dot < 0 ? { app, key: name } : { app: name.slice(0, dot), key: name.slice(dot + 1) };
}

export function targetOf(entry: MenuEntry, app: string): MenuTarget | null {
  if (entry.form) return { kind: "form", ...locate(entry.form, app), view: entry.view };
  if (entry.dashboard) return { kind: "dashboard", ...locate(entry.dashboard, app) };
  if (entry.report) return { kind: "report", ...locate(entry.report, app) };
  if (entry.balance) return { kind: "balance", ...locate(entry.balance, app) };
  return null;
}

/** Menu entries without their groups, in reading order. */
export function flatten(entries: readonly MenuEntry[]): readonly MenuEntry[] {
  return entries.flatMap((entry) => (entry.items ? flatten(entry.items) : [entry]));
}

export function findApp(session: Session, key: string): SessionApp | undefined {
  return session.apps.find((app) => app.key === key);
}

/** The address of a target, for places that cannot draw a `MenuLink`. */
export function hrefOf(target: MenuTarget): string {
  const view = target.kind === "form" && target.view ? `?view=${encodeURIComponent(target.view)}` : "";
  return `/apps/${target.app}/${target.kind}s/${target.key}${view}`;
}

/** What the menu calls a target ("Sales orders"), which reads better as a page's title than the form's own name. */
export function menuTitle(app: SessionApp | undefined, kind: MenuTarget["kind"], key: string): string | undefined {
  if (!app) return undefined;
  return flatten(app.menu).find((entry) => {
    const target = targetOf(entry, app.key);
    return target?.kind === kind && target.app === app.key && target.key === key && !entry.view;
  })?.title;
}
