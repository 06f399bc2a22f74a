import { describe, expect, it } from "vitest";
import { commandsOf, matching } from "../../src/app/commands";
import type { Session } from "../../src/lib/session";

const SESSION: Session = {
  user: { id: "u", username: "sales", name: "Lin", language: "en-US" },
  is_administrator: false,
  roles: [],
  time_zone: "Asia/Shanghai",
  unread_notifications: 0,
  open_tasks: 0,
  apps: [
    {
      key: "crm",
      title: "CRM",
      menu: [
        { key: "orders", title: "Sales orders", form: "crm.order" },
        { key: "more", title: "More", items: [{ key: "stock", title: "Stock", balance: "erp.stock" }] },
      ],
    },
  ],
  forms: { "crm.order": { title: "Sales order", actions: ["view", "create"] } },
};

const WORDS = {
  home: "Home",
  tasks: "Tasks",
  runs: "Runs",
  apps: "Apps",
  me: "Me",
  create: (form: string) => `New: ${form}`,
  admin: "Administration",
  adminEntry: (title: string) => title,
};

describe("commandsOf", () => {
  it("leads to every menu entry, also of other apps, and to creating what one may create", () => {
    const hrefs = commandsOf(SESSION, WORDS).map((command) => command.href);
    expect(hrefs).toContain("/apps/crm/forms/order");
    expect(hrefs).toContain("/apps/erp/balances/stock");
    expect(hrefs).toContain("/apps/crm/forms/order/new");
  });

  it("offers no creation without the right", () => {
    const readOnly = { ...SESSION, forms: { "crm.order": { title: "Sales order", actions: ["view"] } } };
    expect(commandsOf(readOnly, WORDS).filter((command) => command.kind === "create")).toEqual([]);
  });
});

describe("commandsOf administrators", () => {
  it("leads to their pages, and nobody else there", () => {
    const hrefs = commandsOf({ ...SESSION, is_administrator: true }, WORDS).map((command) => command.href);
    expect(hrefs).toContain("/admin");
    expect(hrefs).toContain("/admin/users");
    expect(commandsOf(SESSION, WORDS).filter((command) => command.href.startsWith("/admin"))).toEqual([]);
  });
});

describe("matching", () => {
  it("needs every word and puts titles that begin with the search first", () => {
    const found = matching(commandsOf(SESSION, WORDS), "s");
    expect(found[0]?.title).toBe("Sales orders");
    expect(matching(commandsOf(SESSION, WORDS), "sales crm new").map((one) => one.kind)).toEqual(["create"]);
  });
});
