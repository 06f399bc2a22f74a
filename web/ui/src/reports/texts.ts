import { defineTexts } from "../lib/texts";

export const texts = defineTexts(
  { "report.title": "报表", "dashboard.title": "仪表盘" },
  { "report.title": "Report", "dashboard.title": "Dashboard" },
);
