import { describe, expect, it } from "vitest";
import { periodDays, periodName } from "../../src/reports/periods";
import { filtersOf, runOfReport } from "../../src/reports/report_filters";
import type { Column, Dashboard, Pick, ReportResult } from "../../src/reports/report_types";
import { isLinked, linked, readReportSearch, runOf } from "../../src/reports/shared_filters";

const EAST = { value: "east", title: "华东" };
const MONTH: Column = {
  key: "month",
  title: "月份",
  role: "dimension",
  type: "date",
  bucket: "month",
  field: "order_date",
};
const REGION: Column = { key: "region", title: "区域", role: "dimension", type: "text", field: "customer.region" };
const TOTAL: Column = { key: "total", title: "合计", role: "measure", type: "number" };

const ITEM = {
  key: "months",
  report: "crm.orders_by_month",
  title: "每月订单额",
  chart: "bar",
  x: 0,
  y: 0,
  w: 6,
  h: 4,
  fields: { period: "order_date", region: "customer.region" },
  has_period: false,
  links: { month: "period", region: "region" },
};
const DASHBOARD: Dashboard = {
  key: "crm.sales",
  title: "销售看板",
  filters: [
    { key: "period", title: "期间", type: "period", from: "2026-01-01", to: "2026-12-31" },
    { key: "region", title: "区域", type: "choice", options: [EAST] },
  ],
  items: [ITEM],
};

function pick(column: Column, value: string): Pick {
  return { group: { [column.key]: { value, title: value } }, others: [], measure: TOTAL };
}

describe("shared filters", () => {
  it("narrow each report by its own fields, with the page's defaults", () => {
    expect(runOf(DASHBOARD, ITEM, { region: { in: [EAST] } })).toEqual({
      filters: [
        { field: "order_date", from: "2026-01-01", to: "2026-12-31" },
        { field: "customer.region", in: ["east"] },
      ],
    });
  });

  it("replace a report's own period and leave reports alone that have no such field", () => {
    const period = { period: { from: "2026-02-01", to: null } };
    expect(runOf(DASHBOARD, { ...ITEM, has_period: true }, period)).toEqual({ period: period.period });
    expect(runOf(DASHBOARD, { ...ITEM, fields: {} }, period)).toEqual({});
    expect(runOf(DASHBOARD, ITEM, { period: { from: null, to: null }, region: { in: [] } })).toEqual({});
  });

  it("are set by a press on a group, and freed by the next", () => {
    const set = linked(DASHBOARD, ITEM, [MONTH, TOTAL], pick(MONTH, "2026-02-01"), {});
    expect(set).toEqual({ period: { from: "2026-02-01", to: "2026-02-28" } });
    expect(isLinked(DASHBOARD, ITEM, [MONTH, TOTAL], pick(MONTH, "2026-02-01"), set ?? {})).toBe(true);
    expect(isLinked(DASHBOARD, ITEM, [MONTH, TOTAL], pick(MONTH, "2026-03-01"), set ?? {})).toBe(false);
    expect(linked(DASHBOARD, ITEM, [MONTH, TOTAL], pick(MONTH, "2026-02-01"), set ?? {})).toEqual({});
    expect(linked(DASHBOARD, ITEM, [REGION], pick(REGION, "east"), {})).toEqual({
      region: { in: [{ value: "east", title: "east" }] },
    });
    expect(linked(DASHBOARD, { ...ITEM, links: {} }, [MONTH], pick(MONTH, "2026-02-01"), {})).toBeNull();
  });

  it("come from the address without what nobody can read", () => {
    const filters = { a: { in: [EAST, { value: {} }, 7] }, b: { from: "2026-01-01", to: "soon" }, c: 1 };
    expect(readReportSearch({ filters })).toEqual({
      filters: { a: { in: [EAST] }, b: { from: "2026-01-01", to: null } },
    });
    expect(readReportSearch({ filters: "x" })).toEqual({});
  });
});

describe("periods", () => {
  const today = new Date(2026, 1, 15);

  it("are whole months, quarters and years", () => {
    expect(periodDays("this_month", today)).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    expect(periodDays("last_month", today)).toEqual({ from: "2026-01-01", to: "2026-01-31" });
    expect(periodDays("this_quarter", today)).toEqual({ from: "2026-01-01", to: "2026-03-31" });
    expect(periodDays("last_year", today)).toEqual({ from: "2025-01-01", to: "2025-12-31" });
    expect(periodDays("last_30_days", today)).toEqual({ from: "2026-01-17", to: "2026-02-15" });
    expect(periodDays("last_12_months", today)).toEqual({ from: "2025-02-16", to: "2026-02-15" });
  });

  it("are known by their days", () => {
    expect(periodName({ from: "2026-01-01", to: "2026-12-31" }, today)).toBe("this_year");
    expect(periodName({ from: null, to: null }, today)).toBe("all");
    expect(periodName({ from: "2026-01-02", to: null }, today)).toBeNull();
  });
});

describe("a report's own page", () => {
  const result: ReportResult = {
    report: { key: "crm.x", title: "X", chart: "table", form: "crm.sales_order" },
    columns: [REGION, MONTH, TOTAL],
    rows: [
      { region: EAST, month: { value: "2026-01-01", title: "2026-01" }, total: "1" },
      {
        region: { value: null, title: "其他", is_others: true },
        month: { value: "2026-01-01", title: "" },
        total: "2",
      },
    ],
    totals: { total: "3" },
    period: { field: "order_date", from: "2026-01-01", to: "2026-12-31" },
    is_cut: false,
  };

  it("offers its period and its groups, and asks by their fields", () => {
    expect(filtersOf(result, "期间").map(({ key, options }) => [key, options])).toEqual([
      ["period", undefined],
      ["region", [EAST]],
    ]);
    const chosen = { period: { from: "2026-03-01", to: "2026-03-31" }, region: { in: [EAST] } };
    expect(runOfReport(result, chosen)).toEqual({
      filters: [{ field: "customer.region", in: ["east"] }],
      period: { from: "2026-03-01", to: "2026-03-31" },
    });
  });
});
