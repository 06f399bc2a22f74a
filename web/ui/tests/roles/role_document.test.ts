import { describe, expect, it } from "vitest";
import {
  effectiveEntry,
  scopeOf,
  speakingFor,
  withAction,
  withEntry,
  withField,
  withNamed,
  withoutEntry,
} from "../../src/roles/role_document";

const ROLE = {
  key: "sales",
  format: 1,
  title: "Sales",
  forms: {
    "crm.order": { actions: ["view", "update"], scope: { update: "owner == user" } },
    "crm.*": { actions: ["view"], fields: { cost: "hidden" } },
  },
};

describe("role document", () => {
  it("lets the most precise entry speak alone", () => {
    expect(speakingFor(ROLE, "crm.order")).toBe("crm.order");
    expect(speakingFor(ROLE, "crm.contact")).toBe("crm.*");
    expect(speakingFor(ROLE, "erp.product")).toBeUndefined();
    expect(effectiveEntry(ROLE, "erp.product")).toEqual({ actions: [] });
    expect(scopeOf(effectiveEntry(ROLE, "crm.order"), "update")).toBe("owner == user");
    expect(scopeOf(effectiveEntry(ROLE, "crm.order"), "view")).toBe("");
  });

  it("gives a form its own entry, begun from the wildcard that spoke", () => {
    const next = withAction(ROLE, "crm.contact", "create", true);
    expect(next.forms).toMatchObject({ "crm.contact": { actions: ["view", "create"], fields: { cost: "hidden" } } });
    expect(withoutEntry(next, "crm.contact")).toEqual(ROLE);
  });

  it("grants view with whatever is granted first, and drops what grants nothing", () => {
    const created = withAction(ROLE, "erp.product", "create", true);
    expect(created.forms).toMatchObject({ "erp.product": { actions: ["view", "create"] } });
    const none = withAction(withAction(created, "erp.product", "create", false), "erp.product", "view", false);
    expect(none).toEqual(ROLE);
  });

  it("keeps an empty entry where a wildcard would grant more", () => {
    const closed = withAction(withAction(ROLE, "crm.order", "update", false), "crm.order", "view", false);
    expect(effectiveEntry(closed, "crm.order")).toEqual({ actions: [] });
  });

  it("forgets conditions of actions that are no longer granted", () => {
    const next = withAction(ROLE, "crm.order", "update", false);
    expect(effectiveEntry(next, "crm.order")).toEqual({ actions: ["view"] });
  });

  it("restricts and opens fields, and names reports", () => {
    const entry = withField(effectiveEntry(ROLE, "crm.order"), "total", "masked");
    expect(entry.fields).toEqual({ total: "masked" });
    expect(withEntry(ROLE, "crm.order", withField(entry, "total", null))).toEqual(ROLE);
    const named = withNamed(ROLE, "reports", "crm.*", true);
    expect(named).toMatchObject({ reports: ["crm.*"] });
    expect(withNamed(named, "reports", "crm.*", false)).toEqual(ROLE);
  });
});
