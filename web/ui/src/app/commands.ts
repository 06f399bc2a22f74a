import { flatten, hrefOf, targetOf } from "../lib/menu";
import type { Session } from "../lib/session";
import { ADMIN_ENTRIES } from "./admin_entries";

export interface Command {
  readonly id: string;
  readonly kind: "go" | "create";
  readonly title: string;
  /** The app it belongs to, to tell namesakes apart. */
  readonly where: string;
  readonly icon: string | undefined;
  readonly href: string;
}

interface Words {
  readonly home: string;
  readonly tasks: string;
  readonly runs: string;
  readonly apps: string;
  readonly me: string;
  readonly create: (form: string) => string;
  readonly admin: string;
  /** The title of one of the administrators' pages. */
  readonly adminEntry: (title: (typeof ADMIN_ENTRIES)[number]["title"]) => string;
}

function placeCommands(words: Words): readonly Command[] {
  const places: readonly (readonly [string, string, string])[] = [
    [words.home, "/", "building"],
    [words.tasks, "/tasks", "task"],
    [words.runs, "/instances", "work"],
    [words.apps, "/apps", "app"],
    [words.me, "/me", "user"],
  ];
  return places.map(([title, href, icon]) => ({ id: href, kind: "go", title, where: "", icon, href }));
}

function adminCommands(words: Words): readonly Command[] {
  const pages = ADMIN_ENTRIES.map(({ to, icon, title }) => ({
    title: words.adminEntry(title),
    icon,
    href: to as string,
  }));
  return [{ title: words.admin, icon: "settings", href: "/admin" }, ...pages].map((page, index) => ({
    ...page,
    id: page.href,
    kind: "go",
    where: index === 0 ? "" : words.admin,
  }));
}

/** Everything this person can go to or create from anywhere. */
export function commandsOf(session: Session, words: Words): readonly Command[] {
  const found: Command[] = [];
  const creatable = new Set<string>();
  for (const app of session.apps) {
    for (const entry of flatten(app.menu)) {
      const target = targetOf(entry, app.key);
      if (!target) continue;
      const href = hrefOf(target);
      const icon = entry.icon ?? target.kind;
      found.push({ id: `${app.key}:${entry.key}`, kind: "go", title: entry.title, where: app.title, icon, href });
      if (target.kind === "form") creatable.add(`${target.app}.${target.key}`);
    }
  }
  for (const name of creatable) {
    const form = session.forms[name];
    if (!form?.actions.includes("create")) continue;
    const [app = "", key = ""] = name.split(".");
    const where = session.apps.find((one) => one.key === app)?.title ?? app;
    const href = `/apps/${app}/forms/${key}/new`;
    found.push({ id: `new:${name}`, kind: "create", title: words.create(form.title), where, icon: undefined, href });
  }
  return [...placeCommands(words), ...found, ...(session.is_administrator ? adminCommands(words) : [])];
}

/** Commands whose title or app contains every word; titles that begin with the search come first. */
export function matching(commands: readonly Command[], search: string): readonly Command[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands;
  const rank = (command: Command) => (command.title.toLowerCase().startsWith(words[0] ?? "") ? 0 : 1);
  return commands
    .filter((command) => {
      const text = `${command.title} ${command.where} ${command.href}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .toSorted((one, other) => rank(one) - rank(other));
}
