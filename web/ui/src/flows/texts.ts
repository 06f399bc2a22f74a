import { defineTexts } from "../lib/texts";

export const texts = defineTexts(
  { "inbox.title": "待办", "runs.title": "运行记录", "run.title": "运行详情" },
  { "inbox.title": "Tasks", "runs.title": "Runs", "run.title": "Run" },
);
